-- Each mediation has one: found without reading all commands, also where the row of the mediation itself is lost.
CREATE INDEX command_first ON command (mediation) WHERE ordinal = 1;
