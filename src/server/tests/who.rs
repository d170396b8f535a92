//! Who there is to ask for something, and what of it they may: the grids of the table.

use crate::policy::Role;

/// Who may.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Who {
    /// Anybody, signed in or not.
    Public,
    /// Whoever has the secret of the address, signed in or not.
    Bearer,
    /// Whoever has signed in.
    Everyone,
    /// [`EDITORS`].
    Editor,
    /// [`NOTE_EDITORS`].
    NoteEditor,
    /// The author, whoever else asks.
    Author,
    /// [`DELETERS`].
    Deleter,
    /// [`ASKERS`].
    Asker,
    /// The manager who asked.
    AskedBefore,
    /// Whoever named the filter; others are not told that there is one.
    Keeper,
    /// Whoever prepared the act on many companies.
    Preparer,
    /// Whoever did the act on many companies, and admins.
    Doer,
    /// Whoever the task is for, and heads by [`DELETERS`].
    TaskDoer,
    /// Whoever the task is for or set it, and heads by [`DELETERS`].
    TaskMover,
    /// Whoever set the task, and heads by [`DELETERS`].
    TaskEditor,
    /// Whoever may delete some company: all but managers.
    Decider,
    /// Whoever leads others: all but managers.
    Leader,
    /// Admins.
    Admin,
}

/// Companies as they stand to one person, in the order of the columns below.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    /// The person is responsible; the branch is another one.
    Own,
    /// The person made it; everything else is another branch's.
    Made,
    /// Of the person's branch; the responsible is of another one.
    Branch,
    /// Without a branch; the responsible is of the person's one.
    ByResponsible,
    /// Of another branch, though the responsible is of the person's one.
    Lent,
    /// Of another branch and its people.
    Foreign,
    /// Without branch and responsible.
    Nobodys,
}

pub(super) const KINDS: [Kind; 7] = [
    Kind::Own,
    Kind::Made,
    Kind::Branch,
    Kind::ByResponsible,
    Kind::Lent,
    Kind::Foreign,
    Kind::Nobodys,
];

/// Who may edit a company. Columns: own, made, branch, by its responsible, lent, foreign, nobody's.
pub(super) const EDITORS: [(Role, &str); 5] = [
    (Role::Manager, "++-----"),
    (Role::SalesHead, "++++---"),
    (Role::BranchDirector, "++++---"),
    (Role::GroupManager, "+++++++"),
    (Role::Admin, "+++++++"),
];

/// Who may delete a company and decides about requests for it: its own branch's heads, or, when it has none, its
/// responsible's. Columns as above.
pub(super) const DELETERS: [(Role, &str); 5] = [
    (Role::Manager, "-------"),
    (Role::SalesHead, "--++---"),
    (Role::BranchDirector, "--++---"),
    (Role::GroupManager, "+++++++"),
    (Role::Admin, "+++++++"),
];

/// Who may ask for a company's deletion. Columns as above.
pub(super) const ASKERS: [(Role, &str); 5] = [
    (Role::Manager, "++-----"),
    (Role::SalesHead, "-------"),
    (Role::BranchDirector, "-------"),
    (Role::GroupManager, "-------"),
    (Role::Admin, "-------"),
];

/// Who may change a note's text: own note, foreign note; the company does not matter.
pub(super) const NOTE_EDITORS: [(Role, &str); 5] = [
    (Role::Manager, "+-"),
    (Role::SalesHead, "+-"),
    (Role::BranchDirector, "+-"),
    (Role::GroupManager, "++"),
    (Role::Admin, "++"),
];

/// Whether the table lets this person through.
pub(super) fn may(who: Who, role: Role, kind: Kind, is_author: bool) -> bool {
    let at = |grid: [(Role, &str); 5], column: usize| {
        let (_, cells) = grid
            .into_iter()
            .find(|(of, _)| *of == role)
            .expect("a line for each role");
        cells.as_bytes()[column] == b'+'
    };
    let column = KINDS.iter().position(|other| *other == kind).expect("a column");
    match who {
        Who::Public | Who::Bearer | Who::Everyone => true,
        Who::Editor => at(EDITORS, column),
        Who::Deleter => at(DELETERS, column),
        Who::Asker => at(ASKERS, column),
        Who::AskedBefore => role == Role::Manager && is_author,
        Who::Decider | Who::Leader => role != Role::Manager,
        // A task of one's own is for oneself and set by oneself; a foreign one is for another branch's stranger.
        Who::TaskDoer | Who::TaskMover | Who::TaskEditor => is_author || at(DELETERS, column),
        Who::NoteEditor => at(NOTE_EDITORS, usize::from(!is_author)),
        Who::Author | Who::Preparer | Who::Keeper => is_author,
        Who::Doer => is_author || role == Role::Admin,
        Who::Admin => role == Role::Admin,
    }
}

/// What the 403 page says of those who may.
pub(super) fn sentence(who: Who) -> &'static str {
    match who {
        Who::Public | Who::Bearer | Who::Everyone => "каждому сотруднику",
        Who::Editor => "её создатель, ответственный, руководитель отдела продаж или директор её филиала",
        Who::NoteEditor => "её автор, управляющий и администратор",
        Who::Author => "только её автор",
        Who::Keeper => "Страница не найдена",
        Who::Preparer => "выполняет тот, кто его подготовил",
        Who::Doer => "может отменить тот, кто его выполнил",
        Who::Deleter | Who::Decider => "Удалить компанию могут руководитель отдела продаж и директор её филиала",
        Who::Leader => "Звонки сотрудников видят руководитель отдела продаж и директор филиала",
        Who::Asker | Who::AskedBefore => "Просить об удалении может менеджер",
        Who::TaskDoer => "Брать задачу в работу и закрывать её могут её исполнитель",
        Who::TaskMover => "Переносить срок могут исполнитель задачи, тот, кто её поставил",
        Who::TaskEditor => "Менять и удалять задачу могут тот, кто её поставил",
        Who::Admin => "только администратору",
    }
}
