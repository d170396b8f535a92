-- Why: the desk shows each person the own contracts that end soon, whatever the size of the base.

CREATE INDEX companies_contract_ends_idx ON companies (responsible_id, contract_until, id) WHERE contract_until IS NOT NULL;
