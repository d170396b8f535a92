-- Why: the reason why a company is not called is a sentence or two, up to three hundred characters, and never empty.

ALTER TABLE companies
    DROP CONSTRAINT companies_do_not_call_reason_check,
    ADD CONSTRAINT companies_do_not_call_reason_check CHECK (char_length(do_not_call_reason) <= 300);
