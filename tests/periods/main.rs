//! Plans of several periods against plain mathematics: paths of the index, who defaults when, what severity makes of it.

mod cells;
mod climates;
mod digests;
mod economy;
mod fixture;
mod joint;
mod nesting;
mod recursion;
