-- A letter on paper that had become pointless before it was printed is void.
ALTER TABLE letter
    DROP CONSTRAINT letter_state_check,
    ADD CONSTRAINT letter_state_check
        CHECK (state IN ('to_print', 'posted', 'delivered', 'failed', 'not_sent', 'void'));
