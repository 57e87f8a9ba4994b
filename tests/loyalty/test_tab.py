"""The loyalty tab and its acts, by form and dialog: for who may, who may read and who may not."""
