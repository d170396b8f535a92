//! The generator keeps its promises.

