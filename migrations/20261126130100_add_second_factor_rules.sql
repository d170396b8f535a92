-- Why: administrators choose for which roles a second factor is required; whoever has none sets it up before the first page.

-- A role that stands here needs one.
CREATE TABLE second_factor_rules (
    role        text CONSTRAINT second_factor_rules_pkey PRIMARY KEY
                CONSTRAINT second_factor_rules_role_check
                CHECK (role IN ('manager', 'sales_head', 'branch_director', 'group_manager', 'admin')),
    required_at timestamptz NOT NULL
);

-- The secret that is set up between the password and the session: known to this browser only, gone with the row.
ALTER TABLE pending_sign_ins ADD COLUMN sealed_draft bytea;
