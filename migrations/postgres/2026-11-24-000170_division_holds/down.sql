DROP TABLE division_holds;
