-- Why: companies that asked not to be called are few among many, and their list is read in the same order as the others'.

CREATE INDEX companies_do_not_call_idx ON companies (updated_at DESC, id DESC)
    INCLUDE (responsible_id, branch_id, status_id, lead_state)
    WHERE do_not_call_at IS NOT NULL;
