-- Why: the list of companies is filtered by region, also of those without one, and ordered by the end of contracts with
-- companies without a date at its end: both are read from one index in their order.

DROP INDEX companies_region_id_idx;
CREATE INDEX companies_region_id_idx ON companies (region_id, updated_at DESC, id DESC)
    INCLUDE (status_id, responsible_id, branch_id);
DROP INDEX companies_contract_until_idx;
CREATE INDEX companies_contract_until_idx ON companies (contract_until, id);
