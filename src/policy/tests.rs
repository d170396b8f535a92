//! The matrix as one snapshot, and the rules that hold it together.

use super::*;
use crate::values::{BranchId, UserId};

#[test]
fn the_matrix() {
    let roles = Role::PEOPLE.into_iter().chain([Role::System]);
    let pairs = roles.flat_map(|role| Action::ALL.map(|action| (role, action)));
    let line =
        |(role, action): (Role, Action)| format!("{:<16}{:<20}{:?}", role.code(), action.name(), reach(role, action));
    insta::assert_snapshot!(pairs.map(line).collect::<Vec<_>>().join("\n"));
}

#[test]
fn branch_reaches_own_too_and_never_a_foreign_branch() {
    let head = Actor {
        user: Some(UserId(1)),
        role: Role::SalesHead,
        branch: Some(BranchId(1)),
    };
    assert!(may(
        &head,
        Action::EditCompany,
        Ties {
            own: true,
            branch: false
        }
    ));
    assert!(may(
        &head,
        Action::EditCompany,
        Ties {
            own: false,
            branch: true
        }
    ));
    assert!(!may(&head, Action::EditCompany, Ties::default()));
}

#[test]
fn nobody_deletes_a_foreign_note() {
    for role in Role::PEOPLE {
        let actor = Actor {
            user: Some(UserId(1)),
            role,
            branch: Some(BranchId(1)),
        };
        assert!(
            !may(
                &actor,
                Action::DeleteNote,
                Ties {
                    own: false,
                    branch: true
                }
            ),
            "{role:?}"
        );
    }
}

#[test]
fn people_without_a_branch_share_none() {
    let actor = Actor {
        user: Some(UserId(1)),
        role: Role::SalesHead,
        branch: None,
    };
    assert!(!actor.is_of(None));
}

#[test]
fn who_leads_a_branch_deletes_what_is_of_it_and_nothing_else() {
    let head = Actor {
        user: Some(UserId(1)),
        role: Role::BranchDirector,
        branch: Some(BranchId(1)),
    };
    let ties = |own, branch| Ties { own, branch };
    assert!(may(&head, Action::DeleteCompany, ties(false, true)));
    assert!(!may(&head, Action::DeleteCompany, ties(true, false)));
    assert!(may_ever(&head, Action::DeleteCompany));
}
