"""What models say about themselves: collectors, extraction and the binding of statements to their subject."""
