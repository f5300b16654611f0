//! causeway-sell
