using System.Buffers;
using System.Runtime.CompilerServices;

namespace InstructKit.Templating.Values;

/// <summary>Runs a builtin on a value (the filtered or tested value, the object of a method) and its arguments.</summary>
internal delegate Value BuiltinBody(RenderContext context, Value self, scoped Arguments arguments);

/// <summary>A filter, test, method or function built into the language.</summary>
internal sealed class Builtin
{
    private readonly BuiltinBody _body;

    /// <param name="name">Its name in templates.</param>
    /// <param name="parameters">Names of the parameters, those with a default marked with <c>?</c>; null leaves the arguments unbound.</param>
    public Builtin(string name, string[]? parameters, BuiltinBody body)
    {
        Name = name;
        Parameters = parameters?.Select(parameter => parameter.TrimEnd('?')).ToArray();
        Required = parameters?.Count(parameter => !parameter.EndsWith('?')) ?? 0;
        _body = body;
    }

    public string Name { get; }

    public string[]? Parameters { get; }

    public int Required { get; }

    /// <summary>False when the result depends on more than the arguments, or is a list that is referenced elsewhere.</summary>
    public bool IsPure { get; init; } = true;

    /// <summary>True when the result may be the input itself, so a list passed to it must not be shared.</summary>
    public bool ReturnsInput { get; init; }

    /// <summary>True when a text that is safe for HTML stays safe.</summary>
    public bool KeepsSafety { get; init; }

    /// <summary>True for a method that changes its object, which the sandbox forbids.</summary>
    public bool Mutates { get; init; }

    /// <summary>True when its cost does not depend on the length of its texts.</summary>
    public bool IsConstantTime { get; init; }

    /// <summary>Type name, for the message, of methods whose parameters have no names in CPython.</summary>
    public string? PositionalOnlyOf { get; set; }

    /// <summary>Runs it with arguments already bound to the parameters. Every text given to it is charged.</summary>
    public Value InvokeBound(RenderContext context, Value self, scoped Arguments arguments)
    {
        if (!IsConstantTime)
        {
            if (self.IsText) context.StepBytes(self.TextLength);
            foreach (var argument in arguments.Values)
            {
                if (argument.IsText) context.StepBytes(argument.TextLength);
            }
        }

        var value = _body(context, self, arguments);
        return KeepsSafety && self.IsSafe && value.IsText ? value.AsSafe() : value;
    }

    /// <summary>Binds the arguments and runs it.</summary>
    public Value Invoke(RenderContext context, Value self, scoped Arguments arguments)
    {
        if (Parameters is null) return InvokeBound(context, self, arguments);
        if (arguments.Names.IsEmpty && arguments.Count >= Required && arguments.Count <= Parameters.Length) return InvokeBound(context, self, arguments);
        return InvokeNamed(context, self, arguments, Parameters);
    }

    private Value InvokeNamed(RenderContext context, Value self, scoped Arguments arguments, string[] parameters)
    {
        ArgumentBuffer buffer = default;
        Span<Value> bound = ((Span<Value>)buffer)[..parameters.Length];
        bound.Fill(Value.Missing);
        if (TryBind(arguments.Positional.Length, arguments.Names, out var places) is { } message) throw TemplateError.Type(message);
        for (var i = 0; i < places.Length; i++) bound[places[i]] = arguments.Values[i];
        return InvokeBound(context, self, new Arguments(bound, []));
    }

    /// <summary>The parameter of each argument; a message if they do not match.</summary>
    public string? TryBind(int positional, ReadOnlySpan<string> names, out int[] places)
    {
        places = new int[positional + names.Length];
        if (PositionalOnlyOf is not null && names.Length > 0) return $"{PositionalOnlyOf}.{Name}() takes no keyword arguments";
        if (Parameters is null) return null;
        if (positional > Parameters.Length)
        {
            return Parameters.Length == 0
                ? $"{Name}() takes no arguments ({positional} given)"
                : $"{Name}() takes at most {Parameters.Length} arguments ({positional} given)";
        }

        for (var i = 0; i < positional; i++) places[i] = i;
        for (var i = 0; i < names.Length; i++)
        {
            var at = Array.IndexOf(Parameters, names[i]);
            if (at < 0) return $"{Name}() got an unexpected keyword argument '{names[i]}'";
            if (Array.IndexOf(places, at, 0, positional + i) >= 0) return $"{Name}() got multiple values for argument '{names[i]}'";
            places[positional + i] = at;
        }

        for (var i = 0; i < Required; i++)
        {
            if (Array.IndexOf(places, i) < 0) return $"{Name}() missing required argument '{Parameters[i]}'";
        }

        return null;
    }
}

/// <summary>Arguments of a call. Before binding: positional values followed by keyword values, with names stored separately. After binding to a signature: one
/// value per parameter, with omitted ones <see cref="Value.Missing"/>.</summary>
internal readonly ref struct Arguments(ReadOnlySpan<Value> values, ReadOnlySpan<string> names)
{
    public ReadOnlySpan<Value> Values { get; } = values;

    public ReadOnlySpan<string> Names { get; } = names;

    public ReadOnlySpan<Value> Positional => Values[..^Names.Length];

    public ReadOnlySpan<Value> Keywords => Values[(Values.Length - Names.Length)..];

    public int Count => Values.Length;

    public Value this[int index] => index < Values.Length ? Values[index] : Value.Missing;

    public bool Has(int index) => index < Values.Length && !Values[index].IsMissing;

    /// <summary>Truth of an argument; false if omitted.</summary>
    public bool IsTrue(int index, bool otherwise = false) => Has(index) ? Values[index].IsTrue : otherwise;

    /// <summary>A flag that Python requires to be an integer, such as the <c>reverse</c> of a sort; false if omitted.</summary>
    public bool Flag(int index) => Has(index) && PythonTypes.RequireInt(Values[index]) != 0;

    /// <summary>An integer argument.</summary>
    public int Int(int index, int otherwise) => Has(index) ? PythonTypes.RequireInt(Values[index]) : otherwise;

    public bool TryGetKeyword(string name, out Value value)
    {
        var at = Names.IndexOf(name);
        value = at >= 0 ? Keywords[at] : default;
        return at >= 0;
    }
}

/// <summary>Stack space for the arguments of one call.</summary>
[InlineArray(Size)]
internal struct ArgumentBuffer
{
    public const int Size = 8;

    private Value _first;
}

/// <summary>Builtins of one kind by name.</summary>
internal sealed class BuiltinTable
{
    private const int LongestName = 32;

    private readonly string _sort;
    private readonly Dictionary<string, Builtin> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Builtin>.AlternateLookup<ReadOnlySpan<char>> _bySpan;

    /// <param name="sort">The kind in messages: filter, test.</param>
    /// <param name="unknownCode">Code of the error for an unknown name.</param>
    /// <param name="all">The builtins; the last of several with the same name wins.</param>
    public BuiltinTable(string sort, string unknownCode, IEnumerable<Builtin> all)
    {
        _sort = sort;
        UnknownCode = unknownCode;
        foreach (var builtin in all) _byName[builtin.Name] = builtin;
        _bySpan = _byName.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public string UnknownCode { get; }

    public Builtin? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>A builtin named at run time, as by <c>map</c> or <c>select</c>.</summary>
    public Builtin Require(ReadOnlySpan<byte> name)
    {
        Span<char> units = stackalloc char[LongestName];
        return System.Text.Ascii.ToUtf16(name, units, out var count) == OperationStatus.Done && _bySpan.TryGetValue(units[..count], out var found)
            ? found
            : throw Unknown(System.Text.Encoding.UTF8.GetString(name));
    }

    /// <summary>The error for an unknown name.</summary>
    public TemplateError Unknown(string name) => new(UnknownCode, $"no {_sort} named '{name}'", NearestName.Hint(name, _byName.Keys));
}

/// <summary>The names available to templates of one dialect.</summary>
internal sealed record Library(BuiltinTable Filters, BuiltinTable Tests, IReadOnlyDictionary<string, Value> Globals)
{
    /// <summary>For dialects without expressions.</summary>
    public static Library Empty { get; } = new(
        new BuiltinTable("filter", TemplateCodes.UnknownFilter, []), new BuiltinTable("test", TemplateCodes.UnknownTest, []), new Dictionary<string, Value>());
}
