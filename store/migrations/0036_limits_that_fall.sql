-- Why a delivery of figures was taken although a limit falls by it; null when none did.
ALTER TABLE feed ADD COLUMN accepted text;
