using System.Text.RegularExpressions;
using InstructKit.Authoring.Importing.Python;
using InstructKit.Templates;
using InstructKit.Templating.Settings;

namespace InstructKit.Authoring.Importing.LmEval;

/// <summary>Columns that a Python function derives from the file's, and the names by which translated functions read columns.</summary>
internal sealed partial class LmEvalRow
{
    private const string MadeField = "doc_made";
    private const string ValuesField = "doc_values";

    private readonly Dictionary<string, PythonMeaning> _made = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly List<ImportedField> _madeFields = [];
    private readonly List<string> _listed = [];
    private readonly List<string> _conditions = [];
    private PythonTranslator? _maker;

    [GeneratedRegex("\u0001([^\u0002]*)\u0002")]
    private static partial Regex ColumnMark { get; }

    /// <summary>The row as seen by a translated function.</summary>
    public PythonMeaning.Document Document => new(_made.Keys.ToDictionary(key => key, key => (PythonMeaning)PythonCode.Column(key), StringComparer.Ordinal));

    /// <summary>Applies the result of <c>process_docs</c> for a row.</summary>
    /// <param name="rows">The columns that it sets, and the conditions under which it keeps a row.</param>
    /// <param name="reason">Drop reason of the conditions.</param>
    public void Make(PythonMeaning.Rows rows, PythonTranslator maker, string reason)
    {
        _maker = maker;
        foreach (var (key, value) in rows.Row.Made)
        {
            if (PythonCode.AreSame(value, PythonCode.Column(key))) continue;

            _made[key] = value;
            if (PythonCode.TryCode(value) is { } code && maker.UsesStatements(code.Text)) _listed.Add(key);
        }

        foreach (var condition in rows.Conditions)
        {
            _conditions.Add(PythonCode.TryText(condition, PythonCode.Not)!);
            Require(reason, PythonCode.TryText(condition, PythonCode.Choice)!, isOfFile: true);
        }

        foreach (var (why, condition) in maker.Conditions) Require(why, condition, isOfFile: true);
    }

    /// <summary>Adds a condition of a translation.</summary>
    public void Require(string reason, string condition, bool isOfFile = false)
    {
        var name = reason;
        for (var i = 2; _keepIf.Exists(known => known.Reason == name); i++) name = string.Create(CultureInfo.InvariantCulture, $"{reason}_{i}");

        var text = isOfFile ? ColumnMark.Replace(condition, match => Source(match.Groups[1].Value)) : Resolve(condition);
        if (!_keepIf.Exists(known => known.Expression == text)) Keep(name, text);
    }

    /// <summary>A translated text with column names inserted.</summary>
    public string Resolve(string text) => ColumnMark.Replace(text, match => Named(match.Groups[1].Value));

    /// <summary>The name by which expressions and templates read a column: its own, unless that has another meaning there.</summary>
    private string Named(string key)
    {
        if (!_made.ContainsKey(key)) return Column(key, key, OfFile(key));

        var name = IsPlain(key) ? key : Free(key, "made");
        AddMade(key, name);
        return name;
    }

    // A column of the file, even where the function sets another one of its name.
    private string Source(string key) => _made.ContainsKey(key) ? Column($"{key}\0", $"{key}_source", OfFile(key)) : Named(key);

    private string Column(string key, string name, string expression)
    {
        if (IsPlain(name) && name == expression && !_names.ContainsValue(name))
        {
            _columns.Add(name);
            return name;
        }

        if (_names.TryGetValue(key, out var known)) return known;

        var free = IsPlain(name) ? name : Free(name, "column");
        _names[key] = free;
        _map.Add((free, expression));
        _columns.Add(free);
        return free;
    }

    private void AddMade(string key, string name)
    {
        if (_map.Exists(map => map.Column == name) || _madeFields.Exists(field => field.Name == name)) return;

        if (PythonCode.TryText(_made[key], PythonCode.Choice) is not { } code)
            throw PythonTranslator.Refuse($"the column '{key}' that it makes, which is not a value", null);

        if (!_listed.Contains(key))
        {
            // Columns are derived before rows are dropped, and for a dropped row that may be impossible.
            var whole = _conditions.Count == 0 || PythonCode.WeightOf(_made[key]) == 0 ? code : $"{PythonCode.TryText(_made[key], PythonCode.Or)} if {string.Join(" and ", _conditions)} else none";
            _map.Add((name, ColumnMark.Replace(whole, match => OfFile(match.Groups[1].Value))));
            _columns.Add(name);
            return;
        }

        if (_madeFields.Count == 0)
        {
            var values = _listed.Select(listed => PythonCode.TryText(_made[listed], PythonCode.Choice));
            var template = PythonTemplate.Write(_maker!.Statements, new PythonMeaning.Code($"[{string.Join(", ", values)}]", PythonCode.Primary, PythonKind.List));
            _madeFields.Add(new ImportedField(MadeField, ColumnMark.Replace(template, match => Source(match.Groups[1].Value)), Dialect.LmEval));
            _madeFields.Add(new ImportedField(ValuesField, $"{MadeField} | python_list"));
        }

        _madeFields.Add(new ImportedField(name, string.Create(CultureInfo.InvariantCulture, $"{ValuesField}[{_listed.IndexOf(key)}]")));
    }

    // A column of the file in an expression of a layout's map.
    private static string OfFile(string key)
    {
        var end = key.AsSpan().IndexOfAny(PythonCode.Otherwise, PythonCode.IsThere);
        var name = end < 0 ? key : key[..end];
        var isName = IsIdentifier(name) && !SlotScope.IsBuiltin(name) && name != "row";
        var value = isName ? name : $"row[{JinjaLiteral.Quoted(name)}]";
        if (end < 0) return value;

        var test = isName ? $"{name} is defined" : $"{JinjaLiteral.Quoted(name)} in row";
        return key[end] == PythonCode.IsThere ? $"({test})" : $"({value} if {test} else {key[(end + 1)..]})";
    }

    private static bool IsPlain(string name) => IsIdentifier(name) && !SlotScope.IsBuiltin(name) && name != "row" && !CompiledTask.TaskNames.Contains(name, StringComparer.Ordinal);

    private string Free(string key, string suffix)
    {
        var plain = TaskKey.Of(key.Split(PythonCode.Otherwise, PythonCode.IsThere)[0]);
        var name = char.IsAsciiDigit(plain[0]) ? $"{suffix}_{plain}" : IsPlain(plain) ? plain : $"{plain}_{suffix}";
        for (var i = 2; _columns.Contains(name); i++) name = string.Create(CultureInfo.InvariantCulture, $"{plain}_{i}");

        return name;
    }
}
