//! The face: who is told, and how often.

use chrono::TimeDelta;

use super::{Office, id, office};
use crate::notifications::{self, Kind, Notice};
use crate::policy::{Action, Actor};

impl Office {
    fn notice(&self, kind: Kind) -> Notice {
        Notice::new(kind, self.app.now())
            .saying("Ромашка")
            .linking("/companies/")
    }

    async fn tell(&self, actor: &Actor, notice: Notice) {
        let mut tx = self.app.begin().await.expect("a transaction");
        notifications::tell(&mut tx, actor, notice).await.expect("told");
        tx.commit().await.expect("committed");
    }
}

#[tokio::test]
async fn everybody_but_the_actor_is_told_once() {
    let office = office().await;
    let people = [&office.ivanova, &office.petrov, &office.petrov].map(id);
    office
        .tell(&office.ivanova, office.notice(Kind::TaskGiven).to(people))
        .await;
    assert_eq!(office.told(&office.ivanova).await, [""; 0]);
    assert_eq!(
        office.told(&office.petrov).await,
        ["Вам назначили задачу | Ромашка | /companies/"]
    );
}

#[tokio::test]
async fn what_is_rolled_back_was_never_told() {
    let office = office().await;
    let mut tx = office.app.begin().await.expect("a transaction");
    let notice = office.notice(Kind::TaskGiven).to([id(&office.petrov)]);
    notifications::tell(&mut tx, &Actor::system(), notice)
        .await
        .expect("told");
    tx.rollback().await.expect("rolled back");
    assert_eq!(office.told(&office.petrov).await, [""; 0]);
}

#[tokio::test]
async fn two_processes_that_find_the_same_tell_it_once() {
    let office = office().await;
    let twin = office.app.twin();
    let people = [&office.petrov, &office.ivanova].map(id);
    let notice = |is_turned: bool| {
        let mut people = people;
        if is_turned {
            people.reverse();
        }
        office.notice(Kind::TaskDue).to(people).once("task:1:due")
    };
    let mut one = office.app.begin().await.expect("a transaction");
    notifications::tell(&mut one, &Actor::system(), notice(false))
        .await
        .expect("told");
    // The other one waits for the first, which has not committed yet.
    let other = {
        let (app, notice) = (twin.app.clone(), notice(true));
        tokio::spawn(async move {
            let mut tx = app.begin().await.expect("a transaction");
            notifications::tell(&mut tx, &Actor::system(), notice)
                .await
                .expect("told");
            tx.commit().await.expect("committed");
        })
    };
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    assert!(!other.is_finished());
    one.commit().await.expect("committed");
    other.await.expect("the other one");
    for person in [&office.petrov, &office.ivanova] {
        assert_eq!(office.told(person).await.len(), 1);
    }
    // Many at once, and the next day.
    office.app.pass(TimeDelta::days(1));
    let again = (0..8).map(|number| {
        let (app, notice) = (office.app.app.clone(), notice(number % 2 == 0));
        tokio::spawn(async move {
            let mut tx = app.begin().await.expect("a transaction");
            notifications::tell(&mut tx, &Actor::system(), notice)
                .await
                .expect("told");
            tx.commit().await.expect("committed");
        })
    });
    for done in futures::future::join_all(again).await {
        done.expect("told");
    }
    assert_eq!(office.told(&office.petrov).await.len(), 1);
}

#[tokio::test]
async fn without_a_key_the_same_may_happen_twice() {
    let office = office().await;
    for _ in 0..2 {
        let notice = office.notice(Kind::TaskGiven).to([id(&office.petrov)]);
        office.tell(&office.ivanova, notice).await;
    }
    assert_eq!(office.told(&office.petrov).await.len(), 2);
}

#[tokio::test]
async fn whoever_is_gone_or_does_not_want_to_hear_is_not_told() {
    let office = office().await;
    let mut petrov = office.browser("petrov").await;
    let wanted = Kind::ALL.into_iter().filter(|kind| *kind != Kind::TaskGiven);
    let fields: Vec<_> = wanted.map(|kind| ("kind", kind.code())).collect();
    petrov.post("/notifications/settings/", &fields).await.expect_redirect();
    for kind in [Kind::TaskGiven, Kind::TasksGiven] {
        let people = [&office.petrov, &office.director].map(id);
        office.tell(&office.ivanova, office.notice(kind).to(people)).await;
    }
    assert_eq!(office.told(&office.petrov).await.len(), 1);
    assert_eq!(office.told(&office.director).await.len(), 2);
    office
        .execute(format!(
            "UPDATE users SET is_active = false WHERE id = {}",
            id(&office.director)
        ))
        .await;
    let notice = office.notice(Kind::TasksGiven).to([id(&office.director)]);
    office.tell(&office.ivanova, notice).await;
    assert_eq!(office.told(&office.director).await.len(), 2);
}

#[tokio::test]
async fn what_is_settled_is_read_and_what_is_withdrawn_is_gone() {
    let office = office().await;
    for (number, key) in ["a", "b"].into_iter().enumerate() {
        let notice = office.notice(Kind::TaskDue).saying(number.to_string());
        let notice = notice.to([id(&office.petrov)]).about("task", number).once(key);
        office.tell(&Actor::system(), notice).await;
    }
    let mut conn = office.app.conn().await;
    notifications::settle(&mut conn, "a", office.app.now())
        .await
        .expect("settled");
    notifications::withdraw(&mut conn, "b").await.expect("withdrawn");
    assert_eq!(
        office.told(&office.petrov).await,
        ["(Скоро срок задачи | 0 | /companies/)"]
    );
    let task = uuid::Uuid::from_u128(7);
    let notice = office
        .notice(Kind::TaskDue)
        .to([id(&office.petrov)])
        .about("task", task);
    office.tell(&Actor::system(), notice).await;
    notifications::forget(&mut conn, "task", &[task])
        .await
        .expect("forgotten");
    assert_eq!(office.told(&office.petrov).await.len(), 1);
}

#[tokio::test]
async fn read_ones_are_forgotten_after_ninety_days_and_unread_ones_wait() {
    let office = office().await;
    for key in ["read", "unread"] {
        let notice = office.notice(Kind::TaskDue).to([id(&office.petrov)]).once(key);
        office.tell(&Actor::system(), notice.titled(key)).await;
    }
    let mut conn = office.app.conn().await;
    notifications::settle(&mut conn, "read", office.app.now())
        .await
        .expect("settled");
    office.app.pass(TimeDelta::days(90));
    notifications::clean(&office.app.app).await.expect("cleaned");
    assert_eq!(office.told(&office.petrov).await.len(), 2, "not a moment earlier");
    office.app.pass(TimeDelta::seconds(1));
    notifications::clean(&office.app.app).await.expect("cleaned");
    assert_eq!(office.told(&office.petrov).await, ["unread | Ромашка | /companies/"]);
}

#[test]
fn every_kind_has_a_code_and_words_of_its_own() {
    let mut codes: Vec<_> = Kind::ALL.iter().map(|kind| kind.code()).collect();
    let mut labels: Vec<_> = Kind::ALL.iter().map(|kind| kind.label()).collect();
    codes.sort_unstable();
    codes.dedup();
    labels.sort_unstable();
    labels.dedup();
    assert_eq!((codes.len(), labels.len()), (Kind::ALL.len(), Kind::ALL.len()));
    for kind in Kind::ALL {
        assert_eq!(Kind::read(kind.code()), Some(kind));
        assert!(!kind.hint().is_empty());
    }
}

#[tokio::test]
async fn those_who_decide_are_the_branchs_heads_or_else_those_who_decide_everywhere() {
    let office = office().await;
    let deciders = crate::accounts::deciders;
    let empty = office.app.branch("tmn").await;
    let mut conn = office.app.conn().await;
    let here = deciders(&mut conn, Action::DeleteCompany, Some(office.here)).await;
    assert_eq!(here.expect("people"), [id(&office.director)]);
    for branch in [Some(empty), None] {
        let found = deciders(&mut conn, Action::DeleteCompany, branch)
            .await
            .expect("people");
        assert_eq!(found, [id(&office.admin)]);
    }
}
