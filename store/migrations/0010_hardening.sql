-- What is pruned is found by when it was settled.
CREATE INDEX notification_delivered ON notification (settled_at) WHERE result = 'delivered';
CREATE INDEX letter_of_digest ON letter (at) WHERE mediation IS NULL;
CREATE INDEX request_by_moment ON request (asked_at);
