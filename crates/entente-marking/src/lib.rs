//! Security markings: parse, validate, render, roll up, compare.
