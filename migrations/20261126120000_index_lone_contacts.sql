-- Why: people without a company are few among many, and their list is read in the same order as the others'.

CREATE INDEX contacts_lone_idx ON contacts (updated_at DESC, id DESC) WHERE company_id IS NULL;
