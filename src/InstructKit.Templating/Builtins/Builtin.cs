using InstructKit.Templating.Rendering;
using InstructKit.Templating.Values;

namespace InstructKit.Templating.Builtins;

/// <summary>Runs a builtin on a value (the filtered or tested value, the object of a method) and its arguments.</summary>
internal delegate Value BuiltinBody(RenderContext context, Value self, scoped Arguments arguments);

/// <summary>A filter, test, method or function that comes with the language.</summary>
internal sealed class Builtin
{
    private readonly BuiltinBody _body;

    /// <param name="name">Its name in templates.</param>
    /// <param name="parameters">Names of the parameters, those with a default marked with <c>?</c>; null takes everything as it comes.</param>
    /// <param name="body">What it does.</param>
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

    /// <summary>False when the result depends on more than the arguments, or is a list that somebody else holds.</summary>
    public bool IsPure { get; init; } = true;

    /// <summary>True when the result may be the input itself, so that a list it is given must not be shared.</summary>
    public bool ReturnsInput { get; init; }

    /// <summary>True when a text that is safe for HTML stays so.</summary>
    public bool KeepsSafety { get; init; }

    /// <summary>Runs it with arguments already bound to the parameters.</summary>
    public Value InvokeBound(RenderContext context, Value self, scoped Arguments arguments)
    {
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

    /// <summary>The parameter of each argument; a message when they do not fit.</summary>
    public string? TryBind(int positional, ReadOnlySpan<string> names, out int[] places)
    {
        places = new int[positional + names.Length];
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
