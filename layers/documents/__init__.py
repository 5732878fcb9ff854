"""Legal documents of a case (文书): made from templates that the bureau edits, numbered, and never changed."""
