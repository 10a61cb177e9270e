using System.Text.RegularExpressions;
using InstructKit.Auditing.Linting;
using InstructKit.Templates;
using InstructKit.Templating;
using InstructKit.Templating.Settings;
using InstructKit.Yaml;

namespace InstructKit.Authoring.Importing.LmEval;

/// <summary>The columns and derived values that the texts of a task read; a text's needs are added as it is read.</summary>
internal sealed partial class LmEvalRow
{
    private const int MaxColumnName = 100;

    private readonly SortedSet<string> _columns = new(StringComparer.Ordinal);
    private readonly List<(string Column, string Expression)> _map = [];
    private readonly List<ImportedField> _fields = [];
    private readonly List<(string Reason, string Expression)> _keepIf = [];

    [GeneratedRegex(@"\A[\p{L}_][\p{L}\p{N}_]*\z")]
    private static partial Regex Identifier { get; }

    [GeneratedRegex(@"\A(?:.*_)?(?:labels?|gold|target|correct|idx|index|answer|answerkey|answer_key)\z", RegexOptions.IgnoreCase)]
    private static partial Regex LabelName { get; }

    public IReadOnlyList<string> Columns => [.. _columns.Where(name => !SlotScope.IsBuiltin(name) && !Fields.Any(made => made.Name == name))];

    /// <summary>Columns derived from the file's own.</summary>
    public IReadOnlyList<(string Column, string Expression)> Map => _map;

    /// <summary>Derived values.</summary>
    public IReadOnlyList<ImportedField> Fields => [.. _madeFields, .. _fields];

    /// <summary>Conditions by drop reason.</summary>
    public IReadOnlyList<(string Reason, string Expression)> KeepIf => _keepIf;

    /// <summary>True for a typical name of a column with the correct answer or its index.</summary>
    public static bool IsLabelName(string name) => LabelName.IsMatch(name);

    /// <summary>True for what may be the name of a column in an expression.</summary>
    public static bool IsIdentifier(string text) => Identifier.IsMatch(text);

    /// <summary>True for a text without tags: the harness treats it as a column if there is one of that name, otherwise as a text.</summary>
    public static bool IsWord(string text) => !text.Contains("{{", StringComparison.Ordinal) && !text.Contains("{%", StringComparison.Ordinal) && !text.Contains("{#", StringComparison.Ordinal);

    /// <summary>The expression of a text that consists of a single <c>{{ … }}</c>, or null.</summary>
    public static string? ExpressionOf(YamlScalar scalar)
    {
        var trimmed = scalar.Text.Trim();
        var pieces = TemplatePiece.Cut(SourceText.FromText(string.Empty, trimmed), Dialect.Jinja);
        return pieces is [{ Kind: PieceKind.Output } only] && trimmed == scalar.Text && only.Text.EndsWith("}}", StringComparison.Ordinal) ? only.Text[2..^2].Trim('-', '+').Trim() : null;
    }

    /// <summary>An expression as the operand of a filter.</summary>
    public static string Operand(string expression) => IsIdentifier(expression) ? expression : $"({expression})";

    /// <summary>The names that an expression reads.</summary>
    /// <exception cref="DiagnosticException">The text is not an expression.</exception>
    public static IReadOnlyList<string> NamesOf(string expression, string file) =>
        TemplateExpression.Parse(SourceText.FromText(file, expression), TemplateOptions.For(Dialect.Jinja)).UndeclaredNames;

    /// <summary>Adds the names that an expression or template reads.</summary>
    public void Read(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            if (_made.ContainsKey(name)) AddMade(name, name);
            else _columns.Add(name);
        }
    }

    /// <summary>Adds the names that an expression reads.</summary>
    /// <exception cref="DiagnosticException">The text is not an expression.</exception>
    public IReadOnlyList<string> ReadExpression(string expression, string file)
    {
        var names = NamesOf(expression, file);
        Read(names);
        return names;
    }

    /// <summary>A column for a word: the row's column of that name if there is one, otherwise the word itself.</summary>
    /// <param name="name">Name of the new column.</param>
    public string AddWord(string name, string word)
    {
        if (_made.ContainsKey(word)) return Named(word);

        _map.Add((name, IsIdentifier(word) ? $"{word} if {word} is defined else {JinjaLiteral.Quoted(word)}" : $"row[{JinjaLiteral.Quoted(word)}] if {JinjaLiteral.Quoted(word)} in row else {JinjaLiteral.Quoted(word)}"));
        _columns.Add(name);
        return name;
    }

    public static bool MayBeColumn(string word) => word.Length is > 0 and <= MaxColumnName && !word.Contains('\n', StringComparison.Ordinal);

    /// <summary>Adds a derived value.</summary>
    public string AddField(string name, string text, Dialect? templateDialect = null)
    {
        _fields.Add(new ImportedField(name, text, templateDialect));
        return name;
    }

    /// <summary>Adds a condition.</summary>
    public void Keep(string reason, string expression) => _keepIf.Add((reason, expression));
}
