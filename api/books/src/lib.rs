//! causeway-books
