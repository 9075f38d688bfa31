"""The chapters of a description about the rules: places, dwellings, offers, leases, support, the follow-up call."""

from collections.abc import Iterator

from domain.decide.catalogue import SPECS, bodies
from domain.facts.calendar import Term, TermUnit
from domain.facts.parties import Role
from domain.facts.tasks import TaskKind
from domain.policy.agreements import AgreementKind
from domain.policy.policy import CapacityModel, CapacityPolicy, CapacityUnit, CountsAt, LeaseForm
from domain.policy.rent import RentLimits
from domain.policy.spread import SpreadCap
from domain.stages.conversion import converted_forms
from domain.stages.first_weeks import plan_after, talk_after
from policy_tools.describe.telling import PolicyTelling, capital


class RulesTelling(PolicyTelling):
    """Tells the rules of a policy."""

    def _capacity(self) -> Iterator[str]:
        capacity, words = self.policy.capacity, self.words
        check = self.policy.tasks[TaskKind.AWAIT_PLACE].check
        model = _model(capacity)
        most = "" if capacity.limit is None else self._counted(capacity.limit, capacity.unit)
        yield self._heading("capacity")
        yield words.capacity[model].format(
            limit=most,
            unit=words.capacity_units[capacity.unit][1],
            period=words.spans[capacity.period],
            share=self._share(capacity.share or 0),
            of=words.denominators[capacity.denominator] if capacity.denominator else "",
        )
        if model is CapacityModel.CEILING and capacity.limit is None:
            yield self._say("until_figures_free")
        elif model is CapacityModel.CEILING:
            yield self._say("until_figures", limit=most)
        if capacity.shared_by:
            yield self._say("shared", municipalities=self._list(capacity.shared_by))
        for part in capacity.sub_targets.values():
            groups = self._narrowed(part.groups, part.age, part.trait)
            kept = "part_kept_one" if part.target == 1 else "part_kept"
            yield self._say(kept if part.reserved else "part_counted", target=part.target, groups=groups)
        if capacity.sub_targets:
            yield self._say("part_several")
        yield self._say("capacity_text")
        yield self._say("counts_at_keys" if capacity.counts_at is CountsAt.KEYS else "counts_at_reservation")
        if check and model is not CapacityModel.UNLIMITED:
            yield self._say("capacity_waits", check=self._each(check))
        if self.policy.queue and model is not CapacityModel.UNLIMITED:
            first, *then = (words.precedences[one] for one in self.policy.queue.order)
            yield self._say("capacity_order", order="; ".join((first, *(self._say("then", what=one) for one in then))))

    def _dwelling(self) -> Iterator[str]:
        suitability = self.policy.suitability
        yield self._heading("dwelling")
        if suitability is None:
            yield self._say("dwelling_plain")
        else:
            yield self._say("dwelling_text", people=self._counted(suitability.people_per_room, CapacityUnit.PEOPLE))
            if suitability.closed_complexes:
                yield self._say("closed_complexes", complexes=self._list(suitability.closed_complexes))
            if suitability.capped_rent_for:
                yield self._say("capped_rent", groups=self._groups(suitability.capped_rent_for))
            if suitability.rents:
                yield self._say("rents_text")
                yield ""
                rows = (self._rents(year, limits) for year, limits in sorted(suitability.rents.items()))
                yield from self._table("rent_columns", rows)
        yield ""
        yield from self._spread()

    def _rents(self, year: int, limits: RentLimits) -> tuple[str, ...]:
        cents = (limits.quality_discount_cents, limits.small_cents, limits.large_cents)
        return (str(year), *map(self.texts.euros, cents), str(limits.young_below))

    def _spread(self) -> Iterator[str]:
        spread = self.policy.spread
        if spread is None:
            return
        yield self._say("spread_text")
        for scope, cap in (("district", spread.every_district), ("complex", spread.every_complex)):
            every = self._cap(cap) if cap else ""
            yield self._say("spread_cap" if cap else "spread_none", scope=self._say(scope), cap=every)
        for scope, named in (("district", spread.districts), ("complex", spread.complexes)):
            for name, cap in named.items():
                yield self._say("spread_named", scope=self._say(scope), name=name, cap=self._cap(cap))

    def _cap(self, cap: SpreadCap) -> str:
        period = self.words.cap_periods[cap.period]
        most = None if cap.most is None else self._counted(cap.most, CapacityUnit.MEDIATIONS)
        parts = [self._say("cap_most", most=most, period=period) if most else self._say("cap_free")]
        if cap.closed_until:
            parts.append(self._say("cap_closed", day=self.texts.in_words(cap.closed_until)))
        if cap.review_on:
            parts.append(self._say("cap_review", day=self.texts.in_words(cap.review_on)))
        return ", ".join(parts)

    def _offers(self) -> Iterator[str]:
        offers = self.policy.offers
        yield self._heading("offers")
        yield self._say("offers_one" if offers.counted_refusals == 1 else "offers_many", count=offers.counted_refusals)
        yield self._say("offers_text", withdrawals=self._times(offers.withdrawals_before_alert))

    def _leases(self) -> Iterator[str]:
        policy = self.policy
        yield self._heading("leases")
        yield from (f"- {self.values.lease_form[form]}" for form in policy.lease_forms)
        yield ""
        if LeaseForm.TEMPORARY in policy.lease_forms and policy.temporary_lease:
            terms = policy.temporary_lease
            yield self._say("temporary", longest=self._term(terms.longest), onward=self._term(terms.onward_move))
        forms = self._list(self._say("form_after_keys", form=form, term=term) for form, term in self._converted())
        extension = self._term(policy.conversion.extension)
        yield self._say("convert", forms=forms, extension=extension) if forms else self._say("no_convert")

    def _converted(self) -> Iterator[tuple[str, str]]:
        """Yield the forms of lease that may be converted, by their short names, with the term after the keys."""
        for form in converted_forms(self.policy):
            after: Term = self.policy.conversion.after[form]
            yield self.values.lease_form[form].partition(":")[0], self._term(after)

    def _support(self) -> Iterator[str]:
        support = self.policy.support
        yield self._heading("support")
        yield self._say("support_text", notice=self._term(support.notice_to_team))
        if support.starts_within:
            yield self._say("starts_within", term=self._term(support.starts_within))
        if support.starts_before:
            yield self._say("starts_before", term=self._term(support.starts_before))
        if support.soft_landing:
            term = self._term(self.policy.tasks[TaskKind.COMPLETE_LANDING].due)
            items = self._list(self.values.soft_landing[item] for item in support.soft_landing)
            yield self._say("landing", items=items, term=term)
        plan, talk = plan_after(self.policy), talk_after(self.policy)
        if plan:
            yield self._say("plan", term=self._term(plan))
        if talk:
            of_talk = next(task for task, spec in SPECS.items() if AgreementKind.GOOD_TENANCY in spec.agreements)
            yield self._say("talk", term=self._term(talk), talker=self._owner(of_talk))
        if support.guidance_term:
            yield self._say("guidance", term=self._term(support.guidance_term))

    def _follow_up(self) -> Iterator[str]:
        call, words = self.policy.follow_up, self.words
        yield self._heading("follow_up")
        yield self._say(
            "follow_up_text",
            caller=capital(words.the_roles[call.caller]),
            after=self._term(call.after),
            anchor=words.anchors[call.anchor],
            window=self._term(call.window),
            tries=self._say("call_try" if call.attempts == 1 else "call_tries", most=call.attempts),
            topics=self._list(words.topics[topic] for topic in call.script),
        )
        if call.attempts_a_day:
            once = call.attempts_a_day == 1
            yield self._say("call_once_a_day" if once else "calls_a_day", most=call.attempts_a_day)

    def _bounds(self) -> Iterator[str]:
        terms = {name: self._term(term) for name, term in self.policy.bounds if term}
        if terms:
            yield self._heading("bounds")
            yield self._say("bounds_text", **terms)

    def _decision(self) -> Iterator[str]:
        decision, retention = self.policy.decision, self.policy.retention
        yield self._heading("decision")
        if decision.after_advice:
            yield self.words.decision_makers[decision.maker]
        else:
            yield self._say("assessment_decides")
        if decision.desk:
            yield self._say("desk", desk=decision.desk)
        if decision.advice:
            inside = Role.COMMITTEE in bodies(self.policy)
            yield self._say("advises" if inside else "advises_outside", advice=decision.advice)
        if "decision.fee_cents" in self.file.gaps:
            yield self._say("fee_open")
        else:
            yield (
                self._say("fee", fee=self.texts.euros(decision.fee_cents))
                if decision.fee_cents
                else self._say("no_fee")
            )
        yield self._say("hearing")
        yield ""
        yield self._say(
            "retention",
            support=retention.support_years,
            rejected=retention.rejected_years,
            erase=self._term(Term(amount=retention.erase_within_months, unit=TermUnit.MONTHS)),
        )


def _model(capacity: CapacityPolicy) -> CapacityModel:
    """Return how the number of places is told: a ceiling without a figure to be a share of is a plain maximum."""
    if capacity.denominator and capacity.share is not None:
        return CapacityModel.CEILING
    return CapacityModel.UNLIMITED if capacity.limit is None else CapacityModel.QUOTA
