-- Why: the log of sign-ins is read by address, newest first.

CREATE INDEX audit_events_ip_at_idx ON audit_events (ip, at DESC, id DESC) WHERE entity = 'session';
