//! Fields in Russian.

/// «Адрес» for `address`; empty for the whole row.
pub(super) fn label(field: &str) -> &'static str {
    match field {
        "name" => "Название",
        "legal_name" => "Юридическое название",
        "inn" => "ИНН",
        "kpp" => "КПП",
        "ogrn" => "ОГРН",
        "address" => "Адрес",
        "website" => "Сайт",
        "activity_kind" => "Вид деятельности",
        "contact_name" => "Контактное лицо",
        "contact_position" | "position" => "Должность",
        "lead_state" => "Состояние",
        "status" => "Статус",
        "responsible" => "Ответственный",
        "branch" => "Филиал",
        "spheres" => "Сферы",
        "phones" => "Телефоны",
        "emails" => "E-mail",
        "first_name" => "Имя",
        "last_name" => "Фамилия",
        "note" => "Примечание",
        "company" => "Компания",
        "amo_id" => "ID amoCRM",
        "contacts" => "Контакты",
        "deal" => "Сделка",
        "region" => "Регион",
        "head" => "Головная организация",
        "contract_type" => "Вид договора",
        "contract_until" => "Договор до",
        "contract_amount" => "Сумма договора",
        "do_not_call" => "Не звонить",
        "time_zone" => "Часовой пояс",
        "working_hours" => "Часы работы",
        _ => "",
    }
}

/// «компания» for `company`; empty when a row speaks of neither.
pub(super) fn entity(code: &str) -> &'static str {
    match code {
        "company" => "компания",
        "contact" => "контакт",
        _ => "",
    }
}
