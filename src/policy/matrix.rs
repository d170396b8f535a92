//! The matrix of rights: one exhaustive match, no input or output.
//!
//! Source: the product page §3 and the older CRM's §2.2.

use super::actor::{Actor, Role};
use crate::error::{Error, Result};

/// Everything that rights are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Action {
    /// Read companies, contacts and notes.
    ViewBase,
    /// Make a company.
    CreateCompany,
    /// Change a company's fields, status, spheres, contract.
    EditCompany,
    /// Make several companies one, say that they are different ones, part them again.
    MergeCompanies,
    /// Give a company to another responsible.
    TransferCompany,
    /// Give many companies at once to this person; the right to each company is [`Self::TransferCompany`].
    GiveCompanies,
    /// See a prepared act on many companies, and do it.
    RunBulkAct,
    /// See a done act on many companies, and take it back.
    UndoBulkAct,
    /// Show one's own saved filter to others.
    ShareFilter,
    /// Cold → warm.
    WarmCompany,
    /// Warm → cold.
    CoolCompany,
    /// Add, change or remove a company's contacts.
    EditContact,
    /// Add or change a person without a company.
    EditPerson,
    /// Write a note at any company.
    AddNote,
    /// Change a note's text.
    EditNote,
    /// Remove a note, or a comment of a task.
    DeleteNote,
    /// Pin a note to the top of its card.
    PinNote,
    /// Put a letter to any company.
    AddLetter,
    /// Change what was written down of a letter.
    EditLetter,
    /// Remove a letter.
    DeleteLetter,
    /// Set a task, at a company or at none.
    AddTask,
    /// Make somebody the one who does a task.
    GiveTask,
    /// Take a task on, finish it, call it off.
    WorkTask,
    /// Put a task's date off.
    MoveTask,
    /// Change what a task says; remove it.
    EditTask,
    /// Write at any task.
    CommentTask,
    /// See who changed what on a card.
    ViewHistory,
    /// See how much a person calls.
    ViewAnalytics,
    /// Create, change and deactivate people.
    ManageUsers,
    /// Create and change branches.
    ManageBranches,
    /// Run imports and read their reports.
    ImportBase,
    /// Take a part of the base away as a file. Whoever may is not counted while reading cards.
    ExportBase,
    /// Ask that a company be deleted.
    RequestDeletion,
    /// Move a company to the trash; decide about requests for it.
    DeleteCompany,
    /// See the trash and bring records back.
    ManageTrash,
    /// Erase a record for good, with its traces in the audit log.
    EraseData,
    /// Add, change and order entries of the dictionaries.
    ManageDictionaries,
    /// Read the whole audit log.
    ViewAudit,
    /// See how the installation stands, make copies of it, make a restored one the working one.
    ManageSystem,
    /// Own password and own sessions.
    ManageOwnAccount,
    /// Ask the own phone to call, hear of it on the phone, report what came of it.
    UsePhone,
}

impl Action {
    /// All actions.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 41] = [
        Self::ViewBase,
        Self::CreateCompany,
        Self::EditCompany,
        Self::MergeCompanies,
        Self::TransferCompany,
        Self::GiveCompanies,
        Self::RunBulkAct,
        Self::UndoBulkAct,
        Self::ShareFilter,
        Self::WarmCompany,
        Self::CoolCompany,
        Self::EditContact,
        Self::EditPerson,
        Self::AddNote,
        Self::EditNote,
        Self::DeleteNote,
        Self::PinNote,
        Self::AddLetter,
        Self::EditLetter,
        Self::DeleteLetter,
        Self::AddTask,
        Self::GiveTask,
        Self::WorkTask,
        Self::MoveTask,
        Self::EditTask,
        Self::CommentTask,
        Self::ViewHistory,
        Self::ViewAnalytics,
        Self::ManageUsers,
        Self::ManageBranches,
        Self::ImportBase,
        Self::ExportBase,
        Self::RequestDeletion,
        Self::DeleteCompany,
        Self::ManageTrash,
        Self::EraseData,
        Self::ManageDictionaries,
        Self::ViewAudit,
        Self::ManageSystem,
        Self::ManageOwnAccount,
        Self::UsePhone,
    ];

    /// Name in `routes --json` and logs.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ViewBase => "view_base",
            Self::CreateCompany => "create_company",
            Self::EditCompany => "edit_company",
            Self::MergeCompanies => "merge_companies",
            Self::TransferCompany => "transfer_company",
            Self::GiveCompanies => "give_companies",
            Self::RunBulkAct => "run_bulk_act",
            Self::UndoBulkAct => "undo_bulk_act",
            Self::ShareFilter => "share_filter",
            Self::WarmCompany => "warm_company",
            Self::CoolCompany => "cool_company",
            Self::EditContact => "edit_contact",
            Self::EditPerson => "edit_person",
            Self::AddNote => "add_note",
            Self::EditNote => "edit_note",
            Self::DeleteNote => "delete_note",
            Self::PinNote => "pin_note",
            Self::AddLetter => "add_letter",
            Self::EditLetter => "edit_letter",
            Self::DeleteLetter => "delete_letter",
            Self::AddTask => "add_task",
            Self::GiveTask => "give_task",
            Self::WorkTask => "work_task",
            Self::MoveTask => "move_task",
            Self::EditTask => "edit_task",
            Self::CommentTask => "comment_task",
            Self::ViewHistory => "view_history",
            Self::ViewAnalytics => "view_analytics",
            Self::ManageUsers => "manage_users",
            Self::ManageBranches => "manage_branches",
            Self::ImportBase => "import_base",
            Self::ExportBase => "export_base",
            Self::RequestDeletion => "request_deletion",
            Self::DeleteCompany => "delete_company",
            Self::ManageTrash => "manage_trash",
            Self::EraseData => "erase_data",
            Self::ManageDictionaries => "manage_dictionaries",
            Self::ViewAudit => "view_audit",
            Self::ManageSystem => "manage_system",
            Self::ManageOwnAccount => "manage_own_account",
            Self::UsePhone => "use_phone",
        }
    }
}

/// How far a right goes. `Branch` includes `Own`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    /// Nowhere.
    Never,
    /// What is the actor's own.
    Own,
    /// What belongs to the actor's branch, be it the actor's own or not.
    Led,
    /// Own, and what belongs to the actor's branch.
    Branch,
    /// Everywhere.
    All,
}

/// How an actor is tied to one row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ties {
    /// Creator or responsible of a company; who made a person without one or took that person out of a company; author
    /// of a note; the one a task is for, or the one who set it, as the act on it has it; the person itself.
    pub(crate) own: bool,
    /// The row belongs to the actor's branch.
    pub(crate) branch: bool,
}

/// How far `role` may go with `action`.
#[expect(clippy::too_many_lines, reason = "one exhaustive table is read as one")]
pub(crate) fn reach(role: Role, action: Action) -> Reach {
    use Reach::{All, Branch, Led, Never, Own};
    use Role::{Admin, BranchDirector, GroupManager, Manager, SalesHead, System};
    match action {
        Action::ViewBase
        | Action::CreateCompany
        | Action::AddNote
        | Action::AddLetter
        | Action::CommentTask
        | Action::ManageOwnAccount
        | Action::UsePhone => All,
        Action::EditCompany
        | Action::TransferCompany
        | Action::WarmCompany
        | Action::EditContact
        | Action::PinNote
        | Action::GiveTask
        | Action::WorkTask
        | Action::MoveTask
        | Action::EditTask => match role {
            Manager => Own,
            SalesHead | BranchDirector => Branch,
            GroupManager | Admin | System => All,
        },
        Action::MergeCompanies | Action::AddTask => reach(role, Action::EditCompany),
        // A director fills the own branch only; all others send wherever they like.
        Action::GiveCompanies => match role {
            BranchDirector => Led,
            Manager | SalesHead | GroupManager | Admin | System => All,
        },
        Action::UndoBulkAct => match role {
            Manager | SalesHead | BranchDirector | GroupManager => Own,
            Admin | System => All,
        },
        Action::ShareFilter => match role {
            Manager => Never,
            SalesHead | BranchDirector => Led,
            GroupManager | Admin | System => All,
        },
        Action::CoolCompany => match role {
            Manager | SalesHead | BranchDirector | GroupManager => Never,
            Admin | System => All,
        },
        // Nobody's branch: only who made it.
        Action::EditNote | Action::EditLetter | Action::EditPerson => match role {
            Manager | SalesHead | BranchDirector => Own,
            GroupManager | Admin | System => All,
        },
        // The author alone, whoever else asks; an act was prepared by the rights of the one who prepared it.
        Action::DeleteNote | Action::DeleteLetter | Action::RunBulkAct => Own,
        Action::ViewHistory => match role {
            Manager => Never,
            SalesHead | BranchDirector | GroupManager | Admin | System => All,
        },
        Action::ViewAnalytics => match role {
            Manager => Never,
            SalesHead | BranchDirector => Led,
            GroupManager | Admin | System => All,
        },
        // Whoever may delete has nobody to ask.
        Action::RequestDeletion => match role {
            Manager => Own,
            SalesHead | BranchDirector | GroupManager | Admin | System => Never,
        },
        // Narrower than editing: a company of another branch goes only with that branch's word.
        Action::DeleteCompany => match role {
            Manager => Never,
            SalesHead | BranchDirector => Led,
            GroupManager | Admin | System => All,
        },
        Action::ManageUsers
        | Action::ManageBranches
        | Action::ImportBase
        | Action::ExportBase
        | Action::ManageTrash
        | Action::EraseData
        | Action::ManageDictionaries
        | Action::ViewAudit
        | Action::ManageSystem => match role {
            Manager | SalesHead | BranchDirector | GroupManager => Never,
            Admin | System => All,
        },
    }
}

/// Codes of the roles of people that go as far as this with `action`.
pub(crate) fn roles_that(action: Action, far: Reach) -> Vec<&'static str> {
    let roles = Role::PEOPLE.into_iter().filter(|role| reach(*role, action) == far);
    roles.map(Role::code).collect()
}

/// What of the base is nearest to the actor, where lists begin: the own companies, the branch's, or all.
pub(crate) fn nearest(actor: &Actor) -> Reach {
    match reach(actor.role, Action::EditCompany) {
        Reach::Branch if actor.branch.is_none() => Reach::All,
        reach => reach,
    }
}

/// Whether the actor may do `action` to a row with these ties.
pub(crate) fn may(actor: &Actor, action: Action, ties: Ties) -> bool {
    match reach(actor.role, action) {
        Reach::Never => false,
        Reach::Own => ties.own,
        Reach::Led => ties.branch,
        Reach::Branch => ties.own || ties.branch,
        Reach::All => true,
    }
}

/// Whether there can be any row with which the actor may do `action`.
pub(crate) fn may_ever(actor: &Actor, action: Action) -> bool {
    reach(actor.role, action) > Reach::Never
}

/// [`may`] as a result.
///
/// # Errors
/// [`Error::Denied`].
pub(crate) fn check(actor: &Actor, action: Action, ties: Ties) -> Result<()> {
    if may(actor, action, ties) {
        Ok(())
    } else {
        Err(Error::Denied(action))
    }
}

/// One Russian sentence for the 403 page: who may do this.
#[expect(clippy::too_many_lines, reason = "as reach")]
pub(crate) fn who_may(action: Action) -> &'static str {
    match action {
        Action::ViewBase
        | Action::CreateCompany
        | Action::AddNote
        | Action::AddLetter
        | Action::CommentTask
        | Action::ManageOwnAccount
        | Action::UsePhone => "Это доступно каждому сотруднику, который вошёл в систему.",
        Action::AddTask => {
            "Ставить задачи по компании могут те, кто может её менять: создатель, ответственный, руководитель отдела \
             продаж или директор её филиала, управляющий и администратор. Задачу без компании может поставить каждый."
        }
        Action::GiveTask => {
            "Менеджер ставит задачи себе, руководитель отдела продаж и директор филиала — сотрудникам своего филиала, \
             управляющий и администратор — всем."
        }
        Action::WorkTask => {
            "Брать задачу в работу и закрывать её могут её исполнитель, руководитель отдела продаж или директор филиала, \
             управляющий и администратор."
        }
        Action::MoveTask => {
            "Переносить срок могут исполнитель задачи, тот, кто её поставил, руководитель отдела продаж или директор \
             филиала, управляющий и администратор."
        }
        Action::EditTask => {
            "Менять и удалять задачу могут тот, кто её поставил, руководитель отдела продаж или директор филиала её \
             компании, управляющий и администратор."
        }
        Action::EditCompany | Action::TransferCompany | Action::WarmCompany | Action::EditContact => {
            "Менять компанию могут её создатель, ответственный, руководитель отдела продаж или директор её филиала, \
             управляющий и администратор."
        }
        Action::MergeCompanies => {
            "Объединять и разъединять карточки могут те, кто может менять каждую из них: её создатель, ответственный, \
             руководитель отдела продаж или директор её филиала, управляющий и администратор."
        }
        Action::GiveCompanies => "Директор филиала передаёт компании списком только сотрудникам своего филиала.",
        Action::RunBulkAct => "Массовое действие выполняет тот, кто его подготовил.",
        Action::UndoBulkAct => "Массовое действие может отменить тот, кто его выполнил, и администратор.",
        Action::ShareFilter => {
            "Показать фильтр другим могут руководитель отдела продаж и директор филиала — своему филиалу, управляющий и \
             администратор — всем."
        }
        Action::PinNote => {
            "Закреплять заметки могут те, кто может менять компанию: её создатель, ответственный, руководитель отдела \
             продаж или директор её филиала, управляющий и администратор."
        }
        Action::CoolCompany => "Вернуть тёплую компанию в холодные может только администратор.",
        Action::EditNote => "Менять заметку могут её автор, управляющий и администратор.",
        Action::EditPerson => {
            "Менять контакт без компании могут тот, кто его создал или вывел из компании, управляющий и администратор."
        }
        Action::EditLetter => "Менять запись о письме могут её автор, управляющий и администратор.",
        Action::DeleteLetter => "Удалить запись о письме может только её автор.",
        Action::DeleteNote => "Удалить заметку, в том числе у задачи, может только её автор.",
        Action::ViewHistory => {
            "История изменений видна руководителю отдела продаж, директору филиала, управляющему и администратору."
        }
        Action::ViewAnalytics => {
            "Звонки сотрудников видят руководитель отдела продаж и директор филиала — своего филиала, управляющий и \
             администратор — всех. Свои звонки видит каждый."
        }
        Action::RequestDeletion => {
            "Просить об удалении может менеджер, который создал компанию или отвечает за неё. Руководитель отдела продаж, \
             директор её филиала, управляющий и администратор удаляют сами."
        }
        Action::DeleteCompany => {
            "Удалить компанию могут руководитель отдела продаж и директор её филиала, управляющий и администратор. \
             Менеджер, который за неё отвечает, может попросить об этом с её карточки."
        }
        Action::ExportBase => {
            "Выгрузка базы доступна только администратору. Попытка записана в журнал: если данные нужны для работы, попросите \
             администратора."
        }
        Action::ManageUsers
        | Action::ManageBranches
        | Action::ImportBase
        | Action::ManageTrash
        | Action::EraseData
        | Action::ManageDictionaries
        | Action::ViewAudit
        | Action::ManageSystem => "Этот раздел доступен только администратору.",
    }
}
