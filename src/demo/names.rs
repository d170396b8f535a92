//! People: every surname is out of a fairy tale or a kitchen, so that nobody takes a demo person for a real one.

use super::rng::Rng;
use super::surnames::SURNAMES;
use super::translit::translit;

/// A person who never was.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "the columns of contacts are called so")]
pub(crate) struct DemoPerson {
    pub(crate) first_name: String,
    pub(crate) middle_name: String,
    pub(crate) last_name: String,
}

impl DemoPerson {
    /// «Фамилия Имя Отчество».
    pub(crate) fn full_name(&self) -> String {
        format!("{} {} {}", self.last_name, self.first_name, self.middle_name)
    }

    /// What stands before the @ in this person's e-mails: `i.oblakov`.
    pub(super) fn mailbox(&self) -> String {
        let initial = translit(&self.first_name).chars().next().unwrap_or('x');
        format!("{initial}.{}", translit(&self.last_name))
    }
}

/// A person by chance; women and men in equal parts.
pub(super) fn person(rng: &mut Rng) -> DemoPerson {
    let is_woman = rng.percent(50);
    let (masculine, feminine) = rng.pick(SURNAMES);
    let (son, daughter) = rng.pick(PATRONYMICS);
    let first_name = if is_woman { rng.pick(WOMEN) } else { rng.pick(MEN) };
    DemoPerson {
        first_name: first_name.to_owned(),
        middle_name: if is_woman { daughter } else { son }.to_owned(),
        last_name: if is_woman { feminine } else { masculine }.to_owned(),
    }
}

/// A user of the demo: sign-in name, last name, first name, role.
pub(super) type DemoUser = (&'static str, &'static str, &'static str, &'static str);

/// The three branches with their people. The first two of each branch lead it.
pub(super) const BRANCHES: &[(&str, &str, &[DemoUser])] = &[
    (
        "ekb",
        "Екатеринбург",
        &[
            ("samovarov.p", "Самоваров", "Пётр", "branch_director"),
            ("ivanchaeva.a", "Иванчаева", "Анна", "sales_head"),
            ("malahitova.n", "Малахитова", "Надежда", "manager"),
            ("oblakov.i", "Облаков", "Игорь", "manager"),
            ("pryanikova.o", "Пряникова", "Ольга", "manager"),
            ("skvorushkin.d", "Скворушкин", "Денис", "manager"),
            ("zimorodkova.e", "Зимородкова", "Елена", "manager"),
        ],
    ),
    (
        "krd",
        "Краснодар",
        &[
            ("podsolnuhova.v", "Подсолнухова", "Вера", "branch_director"),
            ("arbuzov.m", "Арбузов", "Максим", "sales_head"),
            ("vishenkina.s", "Вишенкина", "Светлана", "manager"),
            ("kolosistov.r", "Колосистов", "Роман", "manager"),
            ("persikova.yu", "Персикова", "Юлия", "manager"),
            ("svetlyachkov.a", "Светлячков", "Артём", "manager"),
            ("vetrova-morskaya.t", "Ветрова-Морская", "Татьяна", "manager"),
        ],
    ),
    (
        "tmn",
        "Тюмень",
        &[
            ("kedrachov.s", "Кедрачёв", "Сергей", "branch_director"),
            ("morozhkina.l", "Морожкина", "Людмила", "sales_head"),
            ("brusnichkina.k", "Брусничкина", "Ксения", "manager"),
            ("valenkov.n", "Валенков", "Николай", "manager"),
            ("snegirihina.m", "Снегирихина", "Марина", "manager"),
            ("taezhnikov.a", "Таёжников", "Алексей", "manager"),
            ("rukavichkina.d", "Рукавичкина", "Дарья", "manager"),
        ],
    ),
];

/// The one who looks after all the branches.
pub(super) const GROUP_MANAGER: DemoUser = ("dorozhkin.v", "Дорожкин", "Виктор", "group_manager");

const MEN: &[&str] = &[
    "Александр",
    "Алексей",
    "Анатолий",
    "Андрей",
    "Антон",
    "Аркадий",
    "Артём",
    "Артур",
    "Богдан",
    "Борис",
    "Вадим",
    "Валентин",
    "Валерий",
    "Василий",
    "Виктор",
    "Виталий",
    "Владимир",
    "Владислав",
    "Вячеслав",
    "Геннадий",
    "Георгий",
    "Глеб",
    "Григорий",
    "Даниил",
    "Денис",
    "Дмитрий",
    "Евгений",
    "Егор",
    "Иван",
    "Игорь",
    "Ильдар",
    "Илья",
    "Кирилл",
    "Константин",
    "Лев",
    "Леонид",
    "Максим",
    "Марат",
    "Михаил",
    "Никита",
    "Николай",
    "Олег",
    "Павел",
    "Пётр",
    "Ринат",
    "Родион",
    "Роман",
    "Руслан",
    "Семён",
    "Сергей",
    "Станислав",
    "Степан",
    "Тимофей",
    "Тимур",
    "Фёдор",
    "Эдуард",
    "Юрий",
    "Яков",
    "Ярослав",
];

const WOMEN: &[&str] = &[
    "Александра",
    "Алёна",
    "Алина",
    "Алла",
    "Анастасия",
    "Анна",
    "Валентина",
    "Валерия",
    "Варвара",
    "Вера",
    "Вероника",
    "Виктория",
    "Галина",
    "Гульнара",
    "Дарья",
    "Диана",
    "Евгения",
    "Екатерина",
    "Елена",
    "Елизавета",
    "Жанна",
    "Зинаида",
    "Зоя",
    "Инна",
    "Ирина",
    "Карина",
    "Кира",
    "Кристина",
    "Ксения",
    "Лариса",
    "Лидия",
    "Лилия",
    "Любовь",
    "Людмила",
    "Маргарита",
    "Марина",
    "Мария",
    "Надежда",
    "Наталья",
    "Нина",
    "Оксана",
    "Ольга",
    "Полина",
    "Раиса",
    "Регина",
    "Римма",
    "Светлана",
    "София",
    "Тамара",
    "Татьяна",
    "Ульяна",
    "Эльвира",
    "Юлия",
    "Яна",
];

const PATRONYMICS: &[(&str, &str)] = &[
    ("Александрович", "Александровна"),
    ("Алексеевич", "Алексеевна"),
    ("Анатольевич", "Анатольевна"),
    ("Андреевич", "Андреевна"),
    ("Борисович", "Борисовна"),
    ("Вадимович", "Вадимовна"),
    ("Валерьевич", "Валерьевна"),
    ("Васильевич", "Васильевна"),
    ("Викторович", "Викторовна"),
    ("Владимирович", "Владимировна"),
    ("Вячеславович", "Вячеславовна"),
    ("Геннадьевич", "Геннадьевна"),
    ("Григорьевич", "Григорьевна"),
    ("Дмитриевич", "Дмитриевна"),
    ("Евгеньевич", "Евгеньевна"),
    ("Иванович", "Ивановна"),
    ("Игоревич", "Игоревна"),
    ("Ильич", "Ильинична"),
    ("Константинович", "Константиновна"),
    ("Леонидович", "Леонидовна"),
    ("Львович", "Львовна"),
    ("Максимович", "Максимовна"),
    ("Маратович", "Маратовна"),
    ("Михайлович", "Михайловна"),
    ("Николаевич", "Николаевна"),
    ("Олегович", "Олеговна"),
    ("Павлович", "Павловна"),
    ("Петрович", "Петровна"),
    ("Романович", "Романовна"),
    ("Семёнович", "Семёновна"),
    ("Сергеевич", "Сергеевна"),
    ("Степанович", "Степановна"),
    ("Фёдорович", "Фёдоровна"),
    ("Юрьевич", "Юрьевна"),
    ("Яковлевич", "Яковлевна"),
];
