"""A report as it is shown, by the API and the command line alike."""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from store.reports.asked import Dimension, ReportRequest
from store.reports.figures import Table, Unit
from store.reports.suppression import Shown, suppressed


class _Shown(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)


class ReportFigure(_Shown):
    """What a figure of a table is."""

    name: str
    unit: Unit
    definition: str


class ReportRow(_Shown):
    """The figures of one item, of one group or of all together."""

    item: str
    group: str | None = Field(description="null: all groups together")
    values: dict[str, Shown] = Field(
        description="By the figure's name. `<5`: fewer than five, not told so that nobody is recognised; `hidden`: "
        "held back since such a count could be found from it; null: nothing to measure"
    )


class ReportTable(_Shown):
    """Figures by item and group."""

    name: str
    title: str
    item: str = Field(description="What an item of this table is")
    group: str | None = Field(description="What a group of this table is; null: there are none")
    figures: tuple[ReportFigure, ...]
    rows: tuple[ReportRow, ...]

    @classmethod
    def of(cls, table: Table, *, groups: bool) -> "ReportTable":
        """Return a table as it is shown, small counts held back; or without the rows that have any."""
        bare = table.guarded and not groups
        return cls(
            name=table.name,
            title=table.title,
            item=table.item,
            group=None if bare else table.group,
            figures=tuple(ReportFigure(name=f.name, unit=f.unit, definition=f.definition) for f in table.figures),
            rows=tuple(
                ReportRow(item=item, group=group, values=values)
                for (item, group), values in suppressed(table).items()
                if group is None or not bare
            ),
        )


class Report(_Shown):
    """A report over a period."""

    name: str
    title: str
    first: date = Field(validation_alias="from", serialization_alias="from", description="The first day of the period")
    last: date = Field(validation_alias="to", serialization_alias="to", description="The last day of the period")
    municipality: str | None = Field(description="null: all municipalities together")
    by: Dimension | None = Field(description="What the figures are broken down by")
    made_at: datetime
    unreadable: int = Field(
        default=0,
        description="How many mediations and tasks, of all times, have a stage, an outcome or a kind that cannot be "
        "read: they are counted where that does not matter",
    )
    tables: tuple[ReportTable, ...]


def shown(name: str, title: str, wanted: ReportRequest, tables: tuple[Table, ...], unreadable: int = 0) -> Report:
    """Return counted tables as a report."""
    return Report(
        name=name,
        title=title,
        first=wanted.first,
        last=wanted.last,
        municipality=wanted.municipality,
        by=wanted.by,
        made_at=wanted.now,
        unreadable=unreadable,
        tables=tuple(ReportTable.of(table, groups=wanted.groups) for table in tables),
    )
