//! Where the demo companies live: real cities and zones, streets that every city has.

use super::rng::Rng;

/// A city with what follows from it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) city: &'static str,
    pub(super) region: &'static str,
    /// The first two digits of an ИНН given there.
    pub(super) region_code: &'static str,
    /// The IANA name.
    pub(super) time_zone: &'static str,
    /// The code of its landlines, three or four digits.
    pub(super) area_code: &'static str,
    /// Which of the three branches works with it: its place in `names::BRANCHES`.
    pub(super) branch: usize,
}

const EKB: usize = 0;
const KRD: usize = 1;
const TMN: usize = 2;

const fn place(
    names: (&'static str, &'static str),
    codes: (&'static str, &'static str),
    time_zone: &'static str,
    branch: usize,
) -> Place {
    let (city, region) = names;
    let (region_code, area_code) = codes;
    Place {
        city,
        region,
        region_code,
        time_zone,
        area_code,
        branch,
    }
}

/// Sixty cities from Калининград to Петропавловск-Камчатский.
#[rustfmt::skip]
pub(super) const PLACES: &[Place] = &[
    place(("Екатеринбург", "Свердловская область"), ("66", "343"), "Asia/Yekaterinburg", EKB),
    place(("Нижний Тагил", "Свердловская область"), ("66", "3435"), "Asia/Yekaterinburg", EKB),
    place(("Каменск-Уральский", "Свердловская область"), ("66", "3439"), "Asia/Yekaterinburg", EKB),
    place(("Первоуральск", "Свердловская область"), ("66", "3439"), "Asia/Yekaterinburg", EKB),
    place(("Челябинск", "Челябинская область"), ("74", "351"), "Asia/Yekaterinburg", EKB),
    place(("Магнитогорск", "Челябинская область"), ("74", "3519"), "Asia/Yekaterinburg", EKB),
    place(("Пермь", "Пермский край"), ("59", "342"), "Asia/Yekaterinburg", EKB),
    place(("Березники", "Пермский край"), ("59", "3424"), "Asia/Yekaterinburg", EKB),
    place(("Уфа", "Республика Башкортостан"), ("02", "347"), "Asia/Yekaterinburg", EKB),
    place(("Стерлитамак", "Республика Башкортостан"), ("02", "3473"), "Asia/Yekaterinburg", EKB),
    place(("Оренбург", "Оренбургская область"), ("56", "3532"), "Asia/Yekaterinburg", EKB),
    place(("Казань", "Республика Татарстан"), ("16", "843"), "Europe/Moscow", EKB),
    place(("Набережные Челны", "Республика Татарстан"), ("16", "8552"), "Europe/Moscow", EKB),
    place(("Ижевск", "Удмуртская Республика"), ("18", "3412"), "Europe/Samara", EKB),
    place(("Киров", "Кировская область"), ("43", "8332"), "Europe/Kirov", EKB),
    place(("Самара", "Самарская область"), ("63", "846"), "Europe/Samara", EKB),
    place(("Тольятти", "Самарская область"), ("63", "8482"), "Europe/Samara", EKB),
    place(("Нижний Новгород", "Нижегородская область"), ("52", "831"), "Europe/Moscow", EKB),
    place(("Москва", "г. Москва"), ("77", "495"), "Europe/Moscow", EKB),
    place(("Санкт-Петербург", "г. Санкт-Петербург"), ("78", "812"), "Europe/Moscow", EKB),
    place(("Подольск", "Московская область"), ("50", "4967"), "Europe/Moscow", EKB),
    place(("Химки", "Московская область"), ("50", "495"), "Europe/Moscow", EKB),
    place(("Тула", "Тульская область"), ("71", "4872"), "Europe/Moscow", EKB),
    place(("Ярославль", "Ярославская область"), ("76", "4852"), "Europe/Moscow", EKB),
    place(("Вологда", "Вологодская область"), ("35", "8172"), "Europe/Moscow", EKB),
    place(("Архангельск", "Архангельская область"), ("29", "8182"), "Europe/Moscow", EKB),
    place(("Мурманск", "Мурманская область"), ("51", "8152"), "Europe/Moscow", EKB),
    place(("Калининград", "Калининградская область"), ("39", "4012"), "Europe/Kaliningrad", EKB),
    place(("Краснодар", "Краснодарский край"), ("23", "861"), "Europe/Moscow", KRD),
    place(("Сочи", "Краснодарский край"), ("23", "862"), "Europe/Moscow", KRD),
    place(("Новороссийск", "Краснодарский край"), ("23", "8617"), "Europe/Moscow", KRD),
    place(("Армавир", "Краснодарский край"), ("23", "8613"), "Europe/Moscow", KRD),
    place(("Майкоп", "Республика Адыгея"), ("01", "8772"), "Europe/Moscow", KRD),
    place(("Ростов-на-Дону", "Ростовская область"), ("61", "863"), "Europe/Moscow", KRD),
    place(("Таганрог", "Ростовская область"), ("61", "8634"), "Europe/Moscow", KRD),
    place(("Ставрополь", "Ставропольский край"), ("26", "8652"), "Europe/Moscow", KRD),
    place(("Пятигорск", "Ставропольский край"), ("26", "8793"), "Europe/Moscow", KRD),
    place(("Волгоград", "Волгоградская область"), ("34", "8442"), "Europe/Volgograd", KRD),
    place(("Астрахань", "Астраханская область"), ("30", "8512"), "Europe/Astrakhan", KRD),
    place(("Саратов", "Саратовская область"), ("64", "8452"), "Europe/Saratov", KRD),
    place(("Воронеж", "Воронежская область"), ("36", "473"), "Europe/Moscow", KRD),
    place(("Белгород", "Белгородская область"), ("31", "4722"), "Europe/Moscow", KRD),
    place(("Липецк", "Липецкая область"), ("48", "4742"), "Europe/Moscow", KRD),
    place(("Тюмень", "Тюменская область"), ("72", "3452"), "Asia/Yekaterinburg", TMN),
    place(("Тобольск", "Тюменская область"), ("72", "3456"), "Asia/Yekaterinburg", TMN),
    place(("Сургут", "Ханты-Мансийский АО — Югра"), ("86", "3462"), "Asia/Yekaterinburg", TMN),
    place(("Нижневартовск", "Ханты-Мансийский АО — Югра"), ("86", "3466"), "Asia/Yekaterinburg", TMN),
    place(("Новый Уренгой", "Ямало-Ненецкий АО"), ("89", "3494"), "Asia/Yekaterinburg", TMN),
    place(("Курган", "Курганская область"), ("45", "3522"), "Asia/Yekaterinburg", TMN),
    place(("Омск", "Омская область"), ("55", "3812"), "Asia/Omsk", TMN),
    place(("Новосибирск", "Новосибирская область"), ("54", "383"), "Asia/Novosibirsk", TMN),
    place(("Томск", "Томская область"), ("70", "3822"), "Asia/Tomsk", TMN),
    place(("Барнаул", "Алтайский край"), ("22", "3852"), "Asia/Barnaul", TMN),
    place(("Кемерово", "Кемеровская область — Кузбасс"), ("42", "3842"), "Asia/Novokuznetsk", TMN),
    place(("Красноярск", "Красноярский край"), ("24", "391"), "Asia/Krasnoyarsk", TMN),
    place(("Иркутск", "Иркутская область"), ("38", "3952"), "Asia/Irkutsk", TMN),
    place(("Улан-Удэ", "Республика Бурятия"), ("03", "3012"), "Asia/Irkutsk", TMN),
    place(("Якутск", "Республика Саха (Якутия)"), ("14", "4112"), "Asia/Yakutsk", TMN),
    place(("Хабаровск", "Хабаровский край"), ("27", "4212"), "Asia/Vladivostok", TMN),
    place(("Владивосток", "Приморский край"), ("25", "423"), "Asia/Vladivostok", TMN),
    place(("Петропавловск-Камчатский", "Камчатский край"), ("41", "4152"), "Asia/Kamchatka", TMN),
];

/// How often a city of the list is drawn next to the others: the big ones hold more companies.
fn weight(place: &Place) -> u64 {
    match place.city {
        "Екатеринбург" => 12,
        "Краснодар" | "Тюмень" => 8,
        "Москва" | "Челябинск" | "Пермь" | "Уфа" | "Ростов-на-Дону" | "Сургут" => {
            4
        }
        "Санкт-Петербург" | "Казань" | "Новосибирск" | "Омск" => 3,
        _ => 1,
    }
}

/// Streets found in any Russian city.
pub(super) const STREETS: &[&str] = &[
    "ул. Ленина",
    "ул. Мира",
    "ул. Гагарина",
    "ул. Советская",
    "ул. Садовая",
    "ул. Заводская",
    "ул. Лесная",
    "ул. Набережная",
    "ул. Промышленная",
    "ул. Строителей",
    "ул. Металлургов",
    "ул. Энергетиков",
    "ул. Кирова",
    "ул. Пушкина",
    "ул. Чехова",
    "ул. Вокзальная",
    "ул. Победы",
    "ул. 8 Марта",
    "ул. Молодёжная",
    "ул. Космонавтов",
    "ул. Малышева",
    "ул. Горького",
    "ул. Северная",
    "ул. Южная",
    "ул. Рабочая",
    "ул. Шоссейная",
    "пр-т Ленина",
    "пр-т Победы",
    "пр-т Мира",
    "пр-т Строителей",
    "пер. Складской",
    "пер. Тихий",
    "ш. Восточное",
    "б-р Школьный",
    "наб. Речная",
    "тракт Сибирский",
];

/// A city by chance, the big ones more often.
pub(super) fn draw(rng: &mut Rng) -> &'static Place {
    loop {
        let place = rng.pick_ref(PLACES);
        if rng.below(12) < weight(place) {
            return place;
        }
    }
}
