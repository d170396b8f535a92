//! The headings of the file, letter for letter.

/// The fixed columns in amo's order, then the account's own.
pub(super) const HEADINGS: &[&str] = &[
    "ID",
    "Тип",
    "Полное имя контакта",
    "Имя",
    "Фамилия",
    "Название компании",
    "Ответственный",
    "Дата создания контакта",
    "Кем создан контакт",
    "Сделки",
    "Дата редактирования",
    "Кем редактирован",
    "Теги",
    "Примечание 1",
    "Примечание 2",
    "Примечание 3",
    "Примечание 4",
    "Примечание 5",
    "Рабочий телефон",
    "Рабочий прямой телефон",
    "Мобильный телефон",
    "Факс",
    "Домашний телефон",
    "Другой телефон",
    "Рабочий email",
    "Личный email",
    "Другой email",
    "Web",
    "Адрес",
    "Должность",
    "Skype",
    "ICQ",
    "Jabber",
    "Google Talk",
    "MSN",
    "Другой IM",
    "Пользовательское соглашение",
    "Юридическое название компании",
    "ИНН",
    "КПП",
    "Область",
    "Статус",
    "Сферы деятельности",
    "Руководитель",
    "Вид деятельности (Скайнет)",
    "Холодный звонок",
    "Список телефонов (Скайнет)",
    "Последний комментарий (Скайнет)",
];

/// Where «Сделки» stands; the edit date and the editor follow.
pub(super) const DEALS: usize = 9;

/// The column under a heading.
pub(super) fn column(heading: &str) -> usize {
    HEADINGS
        .iter()
        .position(|known| *known == heading)
        .expect("only headings of the list above are asked for")
}
