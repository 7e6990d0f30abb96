DROP TABLE daily_county_figures;
DROP TABLE daily_figures;
