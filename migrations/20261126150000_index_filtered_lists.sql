-- Why: a list filtered by status and responsible, or by sphere, is read from one index in its order, whatever meets.

DROP INDEX companies_status_id_idx;
DROP INDEX companies_responsible_id_idx;
DROP INDEX companies_branch_id_idx;
CREATE INDEX companies_status_id_idx ON companies (status_id, updated_at DESC, id DESC)
    INCLUDE (responsible_id, branch_id, lead_state);
CREATE INDEX companies_responsible_id_idx ON companies (responsible_id, updated_at DESC, id DESC)
    INCLUDE (status_id, branch_id, lead_state);
CREATE INDEX companies_branch_id_idx ON companies (branch_id, updated_at DESC, id DESC)
    INCLUDE (status_id, responsible_id, lead_state);

-- When the company was updated: each sphere's companies lie in the order of the list.
ALTER TABLE company_sphere_links ADD COLUMN company_updated_at timestamptz;
UPDATE company_sphere_links AS link
SET company_updated_at = company.updated_at
FROM companies AS company
WHERE company.id = link.company_id;
ALTER TABLE company_sphere_links ALTER COLUMN company_updated_at SET NOT NULL;
CREATE INDEX company_sphere_links_updated_idx
    ON company_sphere_links (sphere_id, company_updated_at DESC, company_id DESC);

CREATE FUNCTION date_company_sphere_link() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT updated_at INTO NEW.company_updated_at FROM companies WHERE id = NEW.company_id;
    RETURN NEW;
END
$$;
CREATE TRIGGER date_link BEFORE INSERT ON company_sphere_links
    FOR EACH ROW WHEN (NEW.company_updated_at IS NULL) EXECUTE FUNCTION date_company_sphere_link();

CREATE FUNCTION redate_company_sphere_links() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE company_sphere_links SET company_updated_at = NEW.updated_at WHERE company_id = NEW.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER redate_links AFTER UPDATE OF updated_at ON companies
    FOR EACH ROW WHEN (NEW.updated_at IS DISTINCT FROM OLD.updated_at)
    EXECUTE FUNCTION redate_company_sphere_links();
