//! What a column may mean: by its heading, and by the code under which a mapping keeps it.

use crate::imports::model::Kind;
use crate::values::text::fold;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::imports) enum Target {
    Id,
    /// Key of the record in the base that a file was taken out of: such a file is our own.
    OwnId,
    /// Key of a contact's company there.
    OwnCompany,
    Kind,
    CompanyName,
    LegalName,
    Inn,
    Kpp,
    Ogrn,
    Region,
    Address,
    Website,
    Status,
    Spheres,
    Activity,
    Cold,
    Director,
    Position,
    Responsible,
    /// With the kind of `contact_phones`.
    Phone(&'static str),
    /// With the kind of `contact_emails`.
    Email(&'static str),
    Note,
    FirstName,
    LastName,
    FullName,
    CreatedAt,
    /// Something of a deal.
    Deal(Deal),
    /// What only our own exports say.
    Own(Own),
}

/// What only our own exports say of a company, or of a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::imports) enum Own {
    Branch,
    Head,
    /// Key of the head organisation in the base that a file was taken out of.
    HeadId,
    ContractType,
    ContractUntil,
    ContractAmount,
    DoNotCall,
    TimeZone,
    WorkingHours,
}

/// What a column may say of a deal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::imports) enum Deal {
    Id,
    Name,
    Pipeline,
    Stage,
    Budget,
    ClosedAt,
    Responsible,
    CreatedAt,
    Tags,
    Reason,
    Source,
    Note,
}

impl Deal {
    /// The lines of a deal's note, in their order.
    pub(in crate::imports) const LINES: [(Self, &'static str); 10] = [
        (Self::Pipeline, "Воронка"),
        (Self::Stage, "Этап"),
        (Self::Budget, "Бюджет"),
        (Self::ClosedAt, "Дата закрытия"),
        (Self::Responsible, "Ответственный"),
        (Self::CreatedAt, "Создана"),
        (Self::Source, "Источник"),
        (Self::Reason, "Причина отказа"),
        (Self::Tags, "Теги"),
        (Self::Note, "Примечание"),
    ];
}

/// A meaning, and of whom alone the column speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::imports) struct Meant {
    pub(in crate::imports) target: Target,
    pub(in crate::imports) kind: Option<Kind>,
}

/// Folded headings. Of several columns with one meaning the first in this list is asked first.
const KNOWN: &[(&str, Target)] = &[
    ("id", Target::Id),
    ("id amocrm", Target::Id),
    ("id профи", Target::OwnId),
    ("id компании профи", Target::OwnCompany),
    ("тип", Target::Kind),
    ("название компании", Target::CompanyName),
    ("компания", Target::CompanyName),
    ("компания контакта", Target::CompanyName),
    ("наименование", Target::CompanyName),
    ("название", Target::CompanyName),
    ("организация", Target::CompanyName),
    ("юридическое название компании", Target::LegalName),
    ("юридическое название", Target::LegalName),
    ("инн", Target::Inn),
    ("инн/кпп", Target::Inn),
    ("кпп", Target::Kpp),
    ("огрн", Target::Ogrn),
    ("область", Target::Region),
    ("регион", Target::Region),
    ("адрес", Target::Address),
    ("web", Target::Website),
    ("сайт", Target::Website),
    ("сайт компании", Target::Website),
    ("статус", Target::Status),
    ("статус из скайнет", Target::Status),
    ("сферы деятельности", Target::Spheres),
    ("сферы", Target::Spheres),
    ("вид деятельности (скайнет)", Target::Activity),
    ("вид деятельности", Target::Activity),
    ("холодный звонок", Target::Cold),
    ("руководитель", Target::Director),
    ("должность", Target::Position),
    ("ответственный", Target::Responsible),
    ("ответственный за компанию", Target::Responsible),
    ("ответственный за контакт", Target::Responsible),
    ("рабочий телефон", Target::Phone("work")),
    ("телефон", Target::Phone("work")),
    ("рабочий прямой телефон", Target::Phone("work_direct")),
    ("мобильный телефон", Target::Phone("mobile")),
    ("домашний телефон", Target::Phone("home")),
    ("факс", Target::Phone("fax")),
    ("другой телефон", Target::Phone("other")),
    ("список телефонов (скайнет)", Target::Phone("other")),
    ("рабочий email", Target::Email("work")),
    ("email", Target::Email("work")),
    ("e-mail", Target::Email("work")),
    ("личный email", Target::Email("personal")),
    ("другой email", Target::Email("other")),
    ("примечание 1", Target::Note),
    ("примечание 2", Target::Note),
    ("примечание 3", Target::Note),
    ("примечание 4", Target::Note),
    ("примечание 5", Target::Note),
    ("последний комментарий (скайнет)", Target::Note),
    ("примечание", Target::Note),
    ("заметки", Target::Note),
    ("примечание к компании", Target::Note),
    ("примечание к контакту", Target::Note),
    ("имя", Target::FirstName),
    ("фамилия", Target::LastName),
    ("полное имя контакта", Target::FullName),
    ("полное имя", Target::FullName),
    ("фио", Target::FullName),
    ("основной контакт", Target::FullName),
    ("контактное лицо", Target::FullName),
    ("дата создания контакта", Target::CreatedAt),
    ("дата создания компании", Target::CreatedAt),
    ("дата создания", Target::CreatedAt),
];

/// Headings that mean something in our own exports alone.
const IN_OWN: &[(&str, Own)] = &[
    ("филиал", Own::Branch),
    ("головная организация", Own::Head),
    ("id головной организации профи", Own::HeadId),
    ("вид договора", Own::ContractType),
    ("договор до", Own::ContractUntil),
    ("сумма договора", Own::ContractAmount),
    ("не звонить", Own::DoNotCall),
    ("часовой пояс", Own::TimeZone),
    ("часы работы", Own::WorkingHours),
];

/// Headings that only a file of deals has.
const OF_DEALS: &[(&str, Deal)] = &[
    ("название сделки", Deal::Name),
    ("сделка", Deal::Name),
    ("бюджет", Deal::Budget),
    ("бюджет сделки", Deal::Budget),
    ("этап сделки", Deal::Stage),
    ("статус сделки", Deal::Stage),
    ("воронка", Deal::Pipeline),
    ("дата закрытия", Deal::ClosedAt),
    ("дата создания сделки", Deal::CreatedAt),
    ("ответственный за сделку", Deal::Responsible),
    ("теги сделки", Deal::Tags),
    ("тег сделки", Deal::Tags),
    ("примечание к сделке", Deal::Note),
    ("источник сделки", Deal::Source),
    ("причина отказа", Deal::Reason),
];

/// Headings that mean the deal in a file of deals, and something else elsewhere.
const IN_DEALS: &[(&str, Deal)] = &[
    ("id", Deal::Id),
    ("статус", Deal::Stage),
    ("этап", Deal::Stage),
    ("ответственный", Deal::Responsible),
    ("дата создания", Deal::CreatedAt),
    ("теги", Deal::Tags),
    ("источник", Deal::Source),
    ("примечание", Deal::Note),
    ("примечание 1", Deal::Note),
    ("примечание 2", Deal::Note),
    ("примечание 3", Deal::Note),
    ("примечание 4", Deal::Note),
    ("примечание 5", Deal::Note),
];

/// In which file a heading stands, as far as that changes what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum File {
    /// Any file.
    Plain,
    /// A file of deals.
    Deals,
    /// An export of ours.
    Own,
}

impl File {
    /// By all headings.
    pub(super) fn of(names: &[String]) -> Self {
        if names
            .iter()
            .any(|name| KNOWN.contains(&(fold(name).as_str(), Target::OwnId)))
        {
            Self::Own
        } else if names.iter().any(|name| names_deals(name)) {
            Self::Deals
        } else {
            Self::Plain
        }
    }
}

/// What a heading means, and its rank among those of one meaning.
pub(super) fn of_heading(name: &str, file: File) -> Option<(Meant, usize)> {
    let folded = fold(name);
    if file == File::Deals
        && let Some(found) = deal_of(&folded)
    {
        return Some(found);
    }
    if file == File::Own
        && let Some((_, own)) = IN_OWN.iter().find(|(known, _)| *known == folded)
    {
        let target = Target::Own(*own);
        return Some((Meant { target, kind: None }, 0));
    }
    let (base, kind) = suffix(&folded);
    let find = |text: &str| KNOWN.iter().position(|(known, _)| *known == text);
    // «Факс 2», «Телефон 3», «Примечание к компании 2» of import templates.
    let unnumbered = base.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end();
    let is_repeated = |rank: &usize| matches!(KNOWN[*rank].1, Target::Phone(_) | Target::Email(_) | Target::Note);
    let rank = find(base).or_else(|| find(unnumbered).filter(is_repeated))?;
    let kind = kind.or_else(|| kind_of(KNOWN[rank].0));
    let target = KNOWN[rank].1;
    Some((Meant { target, kind }, rank))
}

/// Whether such a heading is met in files of deals alone.
fn names_deals(name: &str) -> bool {
    let folded = fold(name);
    OF_DEALS
        .iter()
        .any(|(known, deal)| *deal == Deal::Name && *known == folded)
}

fn deal_of(folded: &str) -> Option<(Meant, usize)> {
    let base = folded.strip_suffix("(сделка)").map(str::trim_end);
    let is_own = base.is_some();
    let base = base.unwrap_or(folded);
    let lists = OF_DEALS.iter().chain(IN_DEALS);
    // «Бюджет ₽», «Бюджет руб.»
    let is_budget = base
        .strip_prefix("бюджет ")
        .is_some_and(|rest| rest != "сделки" && rest.chars().count() <= 4);
    let found = lists
        .enumerate()
        .find(|(_, (known, _))| *known == base)
        .map(|(rank, (_, deal))| (rank, *deal));
    let found = found.or_else(|| is_budget.then_some((0, Deal::Budget)));
    let named = (is_own && base.contains("назван")).then_some((0, Deal::Name));
    let (rank, deal) = found.or(named)?;
    let target = Target::Deal(deal);
    Some((Meant { target, kind: None }, rank))
}

/// «… (компания)», «… (контакт)».
fn suffix(folded: &str) -> (&str, Option<Kind>) {
    let of = |end: &str| folded.strip_suffix(end).map(str::trim_end);
    if let Some(base) = of("(компания)") {
        (base, Some(Kind::Company))
    } else if let Some(base) = of("(контакт)") {
        (base, Some(Kind::Contact))
    } else {
        (folded, None)
    }
}

fn kind_of(known: &str) -> Option<Kind> {
    match known {
        "ответственный за компанию" | "примечание к компании" => {
            Some(Kind::Company)
        }
        "ответственный за контакт" | "примечание к контакту" => {
            Some(Kind::Contact)
        }
        _ => None,
    }
}

/// A choice of the mapping page.
pub(in crate::imports) struct Choice {
    /// As forms send it and presets keep it.
    pub(in crate::imports) code: &'static str,
    /// As people read it.
    pub(in crate::imports) label: &'static str,
    pub(in crate::imports) meant: Meant,
}

const fn choice(code: &'static str, label: &'static str, target: Target, kind: Option<Kind>) -> Choice {
    let meant = Meant { target, kind };
    Choice { code, label, meant }
}

const COMPANY: Option<Kind> = Some(Kind::Company);
const CONTACT: Option<Kind> = Some(Kind::Contact);

/// All choices, as a form offers them.
pub(in crate::imports) const CHOICES: &[Choice] = &[
    choice("company.name", "Компания: название", Target::CompanyName, None),
    choice(
        "company.legal_name",
        "Компания: юридическое название",
        Target::LegalName,
        None,
    ),
    choice("company.inn", "Компания: ИНН или ИНН/КПП", Target::Inn, None),
    choice("company.kpp", "Компания: КПП", Target::Kpp, None),
    choice("company.ogrn", "Компания: ОГРН", Target::Ogrn, None),
    choice("company.region", "Компания: регион", Target::Region, None),
    choice("company.address", "Компания: адрес", Target::Address, None),
    choice("company.website", "Компания: сайт", Target::Website, None),
    choice("company.phone", "Компания: телефон", Target::Phone("work"), COMPANY),
    choice("company.email", "Компания: почта", Target::Email("work"), COMPANY),
    choice("company.status", "Компания: статус", Target::Status, None),
    choice("company.spheres", "Компания: сферы", Target::Spheres, None),
    choice("company.activity", "Компания: вид деятельности", Target::Activity, None),
    choice("company.cold", "Компания: холодная (да или нет)", Target::Cold, None),
    choice("company.director", "Компания: руководитель", Target::Director, None),
    choice(
        "company.responsible",
        "Компания: ответственный",
        Target::Responsible,
        COMPANY,
    ),
    choice("company.note", "Компания: примечание", Target::Note, COMPANY),
    choice(
        "company.created_at",
        "Компания: дата создания",
        Target::CreatedAt,
        COMPANY,
    ),
    choice("company.id", "Компания: ID", Target::Id, COMPANY),
    choice("contact.full_name", "Контакт: имя целиком", Target::FullName, None),
    choice("contact.first_name", "Контакт: имя", Target::FirstName, None),
    choice("contact.last_name", "Контакт: фамилия", Target::LastName, None),
    choice("contact.position", "Контакт: должность", Target::Position, CONTACT),
    choice(
        "contact.phone",
        "Контакт: рабочий телефон",
        Target::Phone("work"),
        CONTACT,
    ),
    choice(
        "contact.mobile",
        "Контакт: мобильный телефон",
        Target::Phone("mobile"),
        CONTACT,
    ),
    choice(
        "contact.email",
        "Контакт: рабочая почта",
        Target::Email("work"),
        CONTACT,
    ),
    choice(
        "contact.personal_email",
        "Контакт: личная почта",
        Target::Email("personal"),
        CONTACT,
    ),
    choice("contact.note", "Контакт: примечание", Target::Note, CONTACT),
    choice("contact.id", "Контакт: ID", Target::Id, CONTACT),
    choice("deal.name", "Сделка: название", Target::Deal(Deal::Name), None),
    choice("deal.stage", "Сделка: этап", Target::Deal(Deal::Stage), None),
    choice("deal.pipeline", "Сделка: воронка", Target::Deal(Deal::Pipeline), None),
    choice("deal.budget", "Сделка: бюджет", Target::Deal(Deal::Budget), None),
    choice(
        "deal.closed_at",
        "Сделка: дата закрытия",
        Target::Deal(Deal::ClosedAt),
        None,
    ),
    choice(
        "deal.created_at",
        "Сделка: дата создания",
        Target::Deal(Deal::CreatedAt),
        None,
    ),
    choice(
        "deal.responsible",
        "Сделка: ответственный",
        Target::Deal(Deal::Responsible),
        None,
    ),
    choice("deal.tags", "Сделка: теги", Target::Deal(Deal::Tags), None),
    choice("deal.source", "Сделка: источник", Target::Deal(Deal::Source), None),
    choice(
        "deal.reason",
        "Сделка: причина отказа",
        Target::Deal(Deal::Reason),
        None,
    ),
    choice("deal.note", "Сделка: примечание", Target::Deal(Deal::Note), None),
    choice("deal.id", "Сделка: ID", Target::Deal(Deal::Id), None),
    choice("row.kind", "Строка: тип (компания или контакт)", Target::Kind, None),
    choice("row.id", "Строка: ID", Target::Id, None),
    choice("row.responsible", "Строка: ответственный", Target::Responsible, None),
    choice("row.phone", "Строка: рабочий телефон", Target::Phone("work"), None),
    choice(
        "row.phone_direct",
        "Строка: рабочий прямой телефон",
        Target::Phone("work_direct"),
        None,
    ),
    choice("row.mobile", "Строка: мобильный телефон", Target::Phone("mobile"), None),
    choice("row.home", "Строка: домашний телефон", Target::Phone("home"), None),
    choice("row.fax", "Строка: факс", Target::Phone("fax"), None),
    choice(
        "row.phone_other",
        "Строка: другой телефон",
        Target::Phone("other"),
        None,
    ),
    choice("row.email", "Строка: рабочая почта", Target::Email("work"), None),
    choice(
        "row.email_personal",
        "Строка: личная почта",
        Target::Email("personal"),
        None,
    ),
    choice("row.email_other", "Строка: другая почта", Target::Email("other"), None),
    choice("row.position", "Строка: должность", Target::Position, None),
    choice("row.note", "Строка: примечание", Target::Note, None),
    choice("row.created_at", "Строка: дата создания", Target::CreatedAt, None),
];

/// The choice with this code.
pub(in crate::imports) fn by_code(code: &str) -> Option<&'static Choice> {
    CHOICES.iter().find(|choice| choice.code == code)
}

/// The choice that says the same, of the row where none is about this kind alone.
pub(super) fn code_of(meant: Meant) -> &'static str {
    let same = |kind: Option<Kind>| {
        let of = move |choice: &&Choice| choice.meant.target == meant.target && choice.meant.kind == kind;
        CHOICES.iter().find(of)
    };
    same(meant.kind).or_else(|| same(None)).map_or("", |choice| choice.code)
}
