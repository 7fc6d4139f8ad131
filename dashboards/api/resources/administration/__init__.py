"""What is administered: organisations, homes, rooms, persons, contacts, accounts and caseloads, each as a document."""
