-- Letters on paper: they wait for the post room, which prints them and reports the day on which they left.
ALTER TABLE letter
    DROP CONSTRAINT letter_channel_check,
    ADD CONSTRAINT letter_channel_check CHECK (channel IN ('mail', 'notify', 'webhook', 'paper', 'none')),
    DROP CONSTRAINT letter_state_check,
    ADD CONSTRAINT letter_state_check CHECK (state IN ('to_print', 'posted', 'delivered', 'failed', 'not_sent'));
CREATE INDEX letter_to_print ON letter (municipality, at) WHERE state = 'to_print';
