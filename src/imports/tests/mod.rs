//! What the importer promises.
