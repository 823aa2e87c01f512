"""What must survive: tables, migrations, repositories, backup. The only place that imports SQL packages."""
