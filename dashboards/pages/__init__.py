"""The pages: one module each, plain functions that read what their viewer may see and fill a template."""
