//! Community templates: what a file becomes, and what is said of a wrong one.

mod cold;
mod corpus;
mod golden;
