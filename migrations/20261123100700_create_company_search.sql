-- Why: one tsvector per card, so that the planner knows how frequent each word is and a list of a million companies
-- answers from a GIN index for rare words and from the sort index for common ones.

-- The words of one card. Phones are found by their last ten and last seven digits, e-mails whole and by parts.
CREATE FUNCTION company_search(company companies) RETURNS tsvector
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN array_to_tsvector(
        ARRAY(
            SELECT DISTINCT left(word, 100)
            FROM (
                SELECT unnest(text_words(concat_ws(' ',
                    company.name, company.legal_name, company.inn, company.kpp, company.ogrn, company.address,
                    company.website, company.activity_kind, company.contact_name, company.contact_position))) AS word
                UNION ALL
                SELECT unnest(ARRAY[phone.digits, right(phone.digits, 7)])
                FROM company_phones AS phone WHERE phone.company_id = company.id
                UNION ALL
                SELECT unnest(text_words(email.value) || lower(email.value))
                FROM company_emails AS email WHERE email.company_id = company.id
                UNION ALL
                SELECT unnest(text_words(concat_ws(' ', contact.last_name, contact.first_name, contact.position)))
                FROM contacts AS contact WHERE contact.company_id = company.id
                UNION ALL
                SELECT unnest(ARRAY[phone.digits, right(phone.digits, 7)])
                FROM contacts AS contact
                JOIN contact_phones AS phone ON phone.contact_id = contact.id
                WHERE contact.company_id = company.id
                UNION ALL
                SELECT unnest(text_words(email.value) || lower(email.value))
                FROM contacts AS contact
                JOIN contact_emails AS email ON email.contact_id = contact.id
                WHERE contact.company_id = company.id
            ) AS words
            WHERE word <> ''
        )
    );

CREATE INDEX companies_search_idx ON companies USING gin (search);
CREATE INDEX companies_name_key_trgm_idx ON companies USING gin (name_key gin_trgm_ops);

-- Lists: one index for each order, and one for each filter that is narrow at a million rows.
CREATE INDEX companies_updated_at_idx ON companies (updated_at DESC, id DESC);
CREATE INDEX companies_created_at_idx ON companies (created_at DESC, id DESC);
CREATE INDEX companies_name_key_idx ON companies (name_key, id);
CREATE INDEX companies_address_key_trgm_idx ON companies USING gin (address_key gin_trgm_ops);
CREATE INDEX companies_inn_idx ON companies (inn, id);
CREATE INDEX companies_kpp_idx ON companies (kpp) WHERE kpp <> '';
CREATE INDEX companies_contract_until_idx ON companies (contract_until, id) WHERE contract_until IS NOT NULL;
CREATE INDEX companies_address_key_idx ON companies (address_key, name_key) WHERE address_key <> '';
CREATE INDEX companies_status_id_idx ON companies (status_id, updated_at DESC, id DESC);
CREATE INDEX companies_responsible_id_idx ON companies (responsible_id, updated_at DESC, id DESC);
CREATE INDEX companies_branch_id_idx ON companies (branch_id, updated_at DESC, id DESC);
CREATE INDEX companies_contract_type_idx ON companies (contract_type, contract_until) WHERE contract_type IS NOT NULL;
CREATE INDEX companies_created_by_idx ON companies (created_by);
CREATE INDEX companies_head_company_id_idx ON companies (head_company_id) WHERE head_company_id IS NOT NULL;
CREATE INDEX companies_amocrm_company_id_idx ON companies (amocrm_company_id) WHERE amocrm_company_id IS NOT NULL;
