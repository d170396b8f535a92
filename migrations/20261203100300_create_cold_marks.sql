-- Why: the one cold call of a contact, or of a company's main number, is marked once and stays in the reports for good. Like
-- calls, a mark outlives its card: company_id and contact_id are no references.

CREATE TABLE cold_marks (
    call_id     uuid CONSTRAINT cold_marks_pkey PRIMARY KEY
                CONSTRAINT cold_marks_call_id_fkey REFERENCES call_requests (id) ON DELETE CASCADE,
    company_id  uuid NOT NULL,
    -- NULL: the company's main number.
    contact_id  uuid,
    marked_by   bigint NOT NULL CONSTRAINT cold_marks_marked_by_fkey REFERENCES users (id),
    marked_at   timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX cold_marks_contact_key ON cold_marks (contact_id) WHERE contact_id IS NOT NULL;
CREATE UNIQUE INDEX cold_marks_company_key ON cold_marks (company_id) WHERE contact_id IS NULL;
CREATE INDEX cold_marks_company_id_idx ON cold_marks (company_id);
CREATE INDEX cold_marks_marked_by_idx ON cold_marks (marked_by);

-- Reports of a person's cold calls.
CREATE INDEX call_requests_cold_idx ON call_requests (created_by, created_at) WHERE is_cold;
