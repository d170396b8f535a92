//! Keys of rows, one type per table, so that a person's id cannot be passed where a company's is meant.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, sqlx::Type,
        )]
        #[serde(transparent)]
        #[sqlx(transparent)]
        pub(crate) struct $name(pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = <$inner as FromStr>::Err;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl From<$inner> for $name {
            fn from(inner: $inner) -> Self {
                Self(inner)
            }
        }
    };
}

macro_rules! new_uuid {
    ($($name:ident),+) => {
        $(impl $name {
            /// A fresh key; keys made later sort after those made earlier.
            pub(crate) fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        })+
    };
}

id!(
    /// A person who signs in.
    UserId(i64)
);
id!(
    /// A branch of the sales organisation, «филиал».
    BranchId(i64)
);
id!(
    /// A company status of the dictionary.
    StatusId(i64)
);
id!(
    /// A company sphere of the dictionary.
    SphereId(i64)
);
id!(
    /// A region of the country in the dictionary.
    RegionId(i64)
);
id!(
    /// A kind of task of the dictionary.
    TaskTypeId(i64)
);
id!(
    /// A task.
    TaskId(Uuid)
);
id!(
    /// An act on many tasks.
    TaskActId(Uuid)
);
id!(
    /// A task that comes again and again.
    SeriesId(Uuid)
);
id!(
    /// What somebody wrote at a task.
    CommentId(Uuid)
);
id!(
    /// A note on a company card.
    NoteId(i64)
);
id!(
    /// A letter to a company or from it.
    LetterId(Uuid)
);
id!(
    /// A filter of the list that somebody named.
    FilterId(i64)
);
id!(
    /// A company.
    CompanyId(Uuid)
);
id!(
    /// A person at a company.
    ContactId(Uuid)
);
id!(
    /// A file that somebody sent.
    FileId(Uuid)
);
id!(
    /// One uploaded file being imported.
    ImportId(Uuid)
);
id!(
    /// An uploaded file that waits until its columns are explained.
    DraftId(Uuid)
);
id!(
    /// A record in the trash.
    TrashId(Uuid)
);
id!(
    /// A wish that a company be deleted.
    RequestId(i64)
);
id!(
    /// An act on many companies.
    BulkActId(Uuid)
);

id!(
    /// Cards that were made one.
    MergeId(Uuid)
);

id!(
    /// A phone that asks for calls.
    PhoneId(Uuid)
);
id!(
    /// A call that was asked for.
    CallId(Uuid)
);

new_uuid!(
    BulkActId, CallId, CommentId, CompanyId, ContactId, DraftId, FileId, ImportId, LetterId, MergeId, PhoneId,
    SeriesId, TaskActId, TaskId, TrashId
);
