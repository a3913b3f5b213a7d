package org.sparkadept.pipeline.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class StatementsTest {
  @Test
  void semicolonsPartStatements() {
    assertEquals(List.of("select 1", "select 2"), Statements.of("select 1;\n select 2 ;\n"));
    assertEquals(List.of(), Statements.of(" ; ;; "));
  }

  @Test
  void semicolonsWithinQuotesAndCommentsDoNot() {
    for (String whole :
        List.of(
            "select ';'",
            "select \"a;b\"",
            "select `a;b`",
            "select 'it''s; one'",
            "select 'it\\'s; one'",
            "select 1 -- one; two\n + 2",
            "select /* one; ' two */ 2",
            "select 'never closed; ")) {
      assertEquals(List.of(whole.strip()), Statements.of(whole));
    }
  }

  @Test
  void commentsAloneAreNoStatement() {
    assertEquals(List.of(), Statements.of("-- nothing; here\n/* nor; here */"));
    assertEquals(List.of(), Statements.of("/* not closed"));
  }
}
