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

/// Columns of a file of companies alone: without the kind and the names of people.
pub(super) const OF_COMPANIES: &[usize] = &[
    0, 5, 6, 7, 8, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 23, 24, 25, 26, 27, 28, 37, 38, 39, 40, 41, 42, 43, 44, 45,
    46, 47,
];

/// Columns of a file of people alone: without the kind and what only companies have.
pub(super) const OF_CONTACTS: &[usize] = &[
    0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 29, 30, 31, 32, 33,
    34, 35, 36,
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
