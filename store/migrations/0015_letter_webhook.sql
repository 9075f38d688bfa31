-- Letters may go to an organisation's own system, by a signed webhook.
ALTER TABLE letter
    DROP CONSTRAINT letter_channel_check,
    ADD CONSTRAINT letter_channel_check CHECK (channel IN ('mail', 'notify', 'webhook', 'none'));
