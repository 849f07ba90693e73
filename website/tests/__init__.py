"""Tests of the pages, in real browsers where a reader has one."""
