//! Finds which protected facts a text discloses, who says so, and from how many independent origins.
