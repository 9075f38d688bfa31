-- Reports read few types of event out of very many.
CREATE INDEX event_by_type ON event (type, mediation, sequence);
