using System.Runtime.InteropServices;
using InstructKit.Evaluation.Metrics;

namespace InstructKit.Evaluation.Scoring;

/// <summary>Evaluates rows whose correct option was put in every position: whether the same option is chosen in every order, and whether it is the correct one.</summary>
internal static class OptionOrders
{
    /// <summary>Evaluates the test answers of the first run, first samples only; null when no row was answered in all its orders.</summary>
    /// <param name="variant">The variant, ignoring the order.</param>
    /// <param name="answers">The answers for all positions.</param>
    public static OrderReport? Of(string task, string variant, TaskAnswers answers, IReadOnlyList<(int Place, Interval Mean)> places)
    {
        var templates = answers.Slots.Index().Where(slot => !slot.Item.IsDev).GroupBy(slot => slot.Item.Template, slot => slot.Index, StringComparer.Ordinal).Select(group => group.ToArray()).ToList();
        var (rows, same, right) = (0L, 0L, 0L);
        for (var i = 0; i < answers.Parts; i++)
        {
            var part = answers.Load(i);
            foreach (var slots in templates)
            {
                foreach (var row in RowsOf(part, slots).Values)
                {
                    if (row.Answers != row.Options) continue;

                    rows++;
                    if (row.IsSame && row.Source >= 0) same++;
                    if (row.Right == row.Options) right++;
                }
            }
        }

        return rows == 0 ? null : new OrderReport(task, variant, places, rows, (double)same / rows, (double)right / rows);
    }

    private static Dictionary<long, OrderedRow> RowsOf(AnswerPart part, int[] slots)
    {
        Dictionary<long, OrderedRow> rows = [];
        foreach (var slot in slots)
        {
            var before = -1L;
            foreach (var answer in part.Tallies[0][slot].Answers)
            {
                // Samples of a row are consecutive, the first one first.
                if (answer.Row == before) continue;

                before = answer.Row;
                ref var row = ref CollectionsMarshal.GetValueRefOrAddDefault(rows, answer.Row, out var known);
                row = new OrderedRow(answer.Options, row.Answers + 1, row.Right + (answer.IsRight ? 1 : 0), known ? row.Source : answer.Source, !known || (row.IsSame && row.Source == answer.Source));
            }
        }

        return rows;
    }

    /// <param name="Options">Number of options, and of orders.</param>
    /// <param name="Answers">Orders that were answered.</param>
    /// <param name="Right">Of them, those answered correctly.</param>
    /// <param name="Source">The option that was chosen first, -1 for none.</param>
    /// <param name="IsSame">True while it is the only one chosen.</param>
    private readonly record struct OrderedRow(int Options, int Answers, int Right, int Source, bool IsSame);
}
