using System.Text.RegularExpressions;
using InstructKit.Tasks;

namespace InstructKit.Authoring.Drafting;

/// <summary>Options with one column each, such as A to D, or option1 and option2, with an answer that names one of them.</summary>
/// <param name="Columns">The columns, in order.</param>
/// <param name="Options">The expression of the list of options.</param>
/// <param name="Answer">The expression of the correct one.</param>
internal sealed partial record NumberedChoices(IReadOnlyList<ColumnProfile> Columns, string Options, string Answer)
{
    private static readonly string[] Stems = ["", "option", "choice", "op", "opt", "ans", "answer", "alternative", "candidate", "ending", "sol", "solution"];

    /// <summary>The options for an answer; null if its values are not numbers or letters of such columns.</summary>
    public static NumberedChoices? Of(IReadOnlyList<ColumnProfile> columns, ColumnProfile answer)
    {
        if (answer.Values is not { Count: >= 2 } values) return null;

        foreach (var group in columns.Where(column => column != answer && column.Type == ColumnType.String && !column.IsIdentifier).Select(column => (Column: column, Match: NumberedName().Match(column.Source)))
            .Where(pair => pair.Match.Success && Stems.Contains(pair.Match.Groups["stem"].Value.ToLowerInvariant())).GroupBy(pair => pair.Match.Groups["stem"].Value))
        {
            List<(ColumnProfile Column, string Mark)> parts = [.. group.Select(pair => (pair.Column, pair.Match.Groups["mark"].Value)).OrderBy(part => part.Value, StringComparer.Ordinal)];
            if (parts.Count < 2 || !IsSequence(parts) || AnswerOf(parts, answer, values) is not { } expression) continue;

            var list = $"[{string.Join(", ", parts.Select(part => part.Column.Name))}]";
            return new NumberedChoices([.. parts.Select(part => part.Column)], parts.Exists(part => part.Column.Nullable) ? $"{list} | reject('none') | list" : list, expression);
        }

        return null;
    }

    // A single letter as a name counts; a single digit does not.
    [GeneratedRegex("^(?<stem>|[A-Za-z]+?)[ _-]?(?<mark>[A-Ha-h]|[0-9])$")]
    private static partial Regex NumberedName();

    private static bool IsSequence(List<(ColumnProfile Column, string Mark)> parts)
    {
        var first = parts[0].Mark[0];
        if (parts[0].Column.Source.Length == 1 ? first is not ('A' or 'a') : first is not ('A' or 'a' or '0' or '1')) return false;

        for (var i = 0; i < parts.Count; i++)
        {
            if (parts[i].Mark[0] != first + i) return false;
        }

        return true;
    }

    private static string? AnswerOf(List<(ColumnProfile Column, string Mark)> parts, ColumnProfile answer, IReadOnlyList<string> values)
    {
        var known = values.Where(value => !TaskDrafter.IsNegative(answer, value)).ToList();
        if (answer.Type == ColumnType.Int)
        {
            var numbers = known.ConvertAll(value => int.Parse(value, System.Globalization.CultureInfo.InvariantCulture));
            if (numbers.Count == 0 || numbers[^1] - numbers[0] >= parts.Count) return null;
            if (numbers[0] >= 0 && numbers[^1] < parts.Count) return numbers[0] == 0 || parts[0].Mark != "1" ? $"options[{answer.Name}]" : $"options[{answer.Name} - 1]";
            return numbers[0] == 1 && numbers[^1] == parts.Count ? $"options[{answer.Name} - 1]" : null;
        }

        if (answer.Type != ColumnType.String) return null;

        foreach (var names in (string[][])[[.. parts.Select(part => part.Mark)], [.. parts.Select(part => part.Mark.ToUpperInvariant())], [.. parts.Select(part => part.Mark.ToLowerInvariant())], [.. parts.Select((_, i) => ((char)('A' + i)).ToString())], [.. parts.Select(part => part.Column.Source)]])
        {
            if (known.TrueForAll(names.Contains)) return $"options[[{string.Join(", ", names.Select(name => $"'{name}'"))}].index({answer.Name})]";
        }

        return null;
    }
}
